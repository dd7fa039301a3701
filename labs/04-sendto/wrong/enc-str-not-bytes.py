# fails: sends-the-greeting
# Sends text: sockets carry bytes.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.sendto("Hello, Server!", ("127.0.0.1", 12345))
data, server = sock.recvfrom(1024)
print(f"Response from {server}: {data.decode()}")
