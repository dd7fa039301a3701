# Prints the address as Python's tuple and lets `with` close the socket.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("127.0.0.1", 12345))
    message, address = server.recvfrom(1024)
    print(address, len(message), message.decode())
