# One IPv6 socket serves both families: the kernel lists it under udp6 only, and shows an IPv4
# client as ::ffff:127.0.0.1.
import socket

server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
server.bind(("::", 12345))
print("UDP server is up and listening on [::]:12345")

while True:
    message, client = server.recvfrom(1024)
    host, port = client[:2]
    print(f"Message from [{host}]:{port}: '{message.decode()}'")
    server.sendto(b"Server acknowledges: " + message, client)
