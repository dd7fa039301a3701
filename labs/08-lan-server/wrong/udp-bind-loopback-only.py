# fails: is-bound
# Keeps the address of the labs before.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 4010))
print("Server is listening on port 4010")
while True:
    data, client = sock.recvfrom(1024)
    print(f"Message from {client}: {data.decode()}")
    sock.sendto(b"Message received", client)
