# fails: serves-on
# Learns the client's address from the first message, and never again.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
data, client = sock.recvfrom(1024)
while True:
    print(f"Message from {client}: {data.decode()}")
    sock.sendto(b"Hello, Client!", client)
    data = sock.recv(1024)
