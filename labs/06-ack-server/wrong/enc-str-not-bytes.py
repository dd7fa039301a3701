# fails: acknowledges
# Puts text and bytes together.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on port 12345")
while True:
    data, client = sock.recvfrom(1024)
    print(f"Message from {client}: {data.decode()}")
    sock.sendto("Server acknowledges: " + data, client)
