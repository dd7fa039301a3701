# Prints what arrived as Python shows bytes, b'...': the text of an ASCII message is still there to read.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))

while True:
    message, client = server.recvfrom(1024)
    print("from", client, message)
    server.sendto(b"Hello, Client!", client)
