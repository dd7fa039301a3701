# fails: answers
# Believes that a client has the port after the server's.
import socket

CLIENT = ("127.0.0.1", 12346)

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
while True:
    data, sender = sock.recvfrom(1024)
    print(f"Message from {sender}: {data.decode()}")
    sock.sendto(b"Hello, Client!", CLIENT)
