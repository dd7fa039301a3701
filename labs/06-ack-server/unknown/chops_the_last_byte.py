# fails: acknowledges
# Takes the last byte for a line end, which only nc sends.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345")

while True:
    data, client = server.recvfrom(1024)
    print(f"Message from {client}: {data.decode()}")
    server.sendto(b"Server acknowledges: " + data[:-1], client)
