# fails: answers
# Makes a socket for each answer, as accept does in TCP.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
while True:
    data, client = sock.recvfrom(1024)
    print(f"Message from {client}: {data.decode()}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reply:
        reply.sendto(b"Hello, Client!", client)
