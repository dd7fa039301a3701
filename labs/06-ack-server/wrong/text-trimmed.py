# fails: any-text
# Strips the message, as if it were a line that somebody typed.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on port 12345")
while True:
    data, client = sock.recvfrom(1024)
    message = data.decode().strip()
    print(f"Message from {client}: {message}")
    sock.sendto(f"Server acknowledges: {message}".encode(), client)
