# fails: acknowledges
# Decodes the message twice.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on port 12345")
while True:
    data, client = sock.recvfrom(1024)
    message = data.decode()
    print(f"Message from {client}: {message}")
    sock.sendto(f"Server acknowledges: {message.decode()}".encode(), client)
