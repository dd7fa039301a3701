# fails: answers
# Takes what recvfrom returns for the message.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("192.168.0.108", 4010))
print("Server is listening on port 4010")
while True:
    message = sock.recvfrom(1024)
    print("Message from client:", message.decode())
    sock.sendto(b"Message received", ("192.168.0.109", 4010))
