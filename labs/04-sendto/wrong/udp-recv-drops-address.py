# fails: prints-who-answered
# Receives with recv, which does not tell who wrote.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto(b"Hello, Server!", ("127.0.0.1", 12345))
data = sock.recv(1024)
print("Response:", data.decode())
