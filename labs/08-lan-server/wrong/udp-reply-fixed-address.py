# fails: answers
# Answers the client's host at the server's port.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("192.168.0.108", 4010))
print("Server is listening on port 4010")
while True:
    data, client = sock.recvfrom(1024)
    print(f"Message from {client}: {data.decode()}")
    sock.sendto(b"Message received", ("192.168.0.109", 4010))
