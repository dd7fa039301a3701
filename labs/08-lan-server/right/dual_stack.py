# One IPv6 socket at all addresses serves both families: a host of the network appears as
# ::ffff:192.168.0.109.
import socket

server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
server.bind(("::", 4010))
print("Server is listening on [::]:4010")

while True:
    message, client = server.recvfrom(1024)
    print(f"Connection established with: [{client[0]}]:{client[1]}")
    print(f"Message from client: {message.decode()}")
    server.sendto(b"Message received", client)
