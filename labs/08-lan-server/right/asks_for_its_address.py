# Does not know its address, and asks the kernel: from which one would a datagram to the network
# leave? Connecting a datagram socket sends nothing. Then there are two sockets for a moment.
import socket


def address_towards(host):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, 9))
        return probe.getsockname()[0]


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((address_towards("192.168.0.109"), 4010))
print("Server is listening on %s:%d" % server.getsockname())

while True:
    message, client = server.recvfrom(1024)
    print("Connection established with: %s:%d" % client)
    print("Message from client:", message.decode())
    server.sendto(b"Message received", client)
