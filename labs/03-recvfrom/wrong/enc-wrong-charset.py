# fails: prints-the-message
# Decodes as Latin-1, with which no message is an error.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
data, sender = sock.recvfrom(1024)
print(f"Message from {sender}: {data.decode('latin-1')}")
