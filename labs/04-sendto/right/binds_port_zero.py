# Binds, to port 0: the system still picks the port. The name localhost is good enough with AF_INET.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.bind(("", 0))
    client.sendto(b"Hello, Server!", ("localhost", 12345))
    answer, server = client.recvfrom(65535)
    print(server, answer.decode())
