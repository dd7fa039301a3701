# The server as a tutorial prints it, and its words: "connection" for a datagram.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("192.168.0.108", 4010))
print("Server is listening on 192.168.0.108:4010")

while True:
    data, address = s.recvfrom(1024)
    print(f"Connection established with: {address}")
    print(f"Message from client: {data.decode()}")
    s.sendto("Message received".encode(), address)
