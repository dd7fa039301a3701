# fails: prints-the-message
# Takes what recvfrom returns for the message.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
data = sock.recvfrom(1024)
print("Message:", data.decode())
