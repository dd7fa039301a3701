# fails: sends-the-greeting
# Sends to the localhost of IPv6.
import socket

sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.sendto(b"Hello, Server!", ("::1", 12345))
data, server = sock.recvfrom(1024)
print(f"Response from {server}: {data.decode()}")
