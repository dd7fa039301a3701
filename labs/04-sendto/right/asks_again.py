# Sends the greeting again while no answer has come.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(1)
    for _ in range(10):
        sock.sendto(b"Hello, Server!", ("127.0.0.1", 12345))
        try:
            answer, server = sock.recvfrom(1024)
        except TimeoutError:
            continue
        print(f"{answer.decode()} from {server}")
        break
