# fails: serves-on
# Has no loop.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(("127.0.0.1", 12345))
    data, client = sock.recvfrom(1024)
    print(f"Message from {client}: {data.decode()}")
    sock.sendto(b"Hello, Client!", client)
