# fails: waits-for-the-answer
# Closes the socket when it has sent, and then receives with it.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.sendto(b"Hello, Server!", ("127.0.0.1", 12345))
data, server = sock.recvfrom(1024)
print(f"Response from {server}: {data.decode()}")
