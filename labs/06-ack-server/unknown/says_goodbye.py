# fails: serves-on
# Ends every exchange with a word of its own, as mail servers do.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345")

while True:
    data, client = server.recvfrom(1024)
    print(f"Message from {client}: {data.decode()}")
    server.sendto(b"Server acknowledges: " + data, client)
    server.sendto(b"221 Goodbye", client)
