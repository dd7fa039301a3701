# Prints what arrived as Python shows bytes, b'...': an ASCII message can still be read there.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))

while True:
    message, client = server.recvfrom(1024)
    print("from", client, message)
    server.sendto(b"Hello, Client!", client)
