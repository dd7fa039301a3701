# fails: is-bound
# Asks for the port.
import socket

port = int(input("Port: "))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", port))
while True:
    data, client = sock.recvfrom(1024)
    print(f"Message from {client}: {data.decode()}")
    sock.sendto(b"Server acknowledges: " + data, client)
