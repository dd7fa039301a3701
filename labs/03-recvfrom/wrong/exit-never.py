# fails: closes-and-exits
# Goes on receiving, as the server of a later lab.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
while True:
    data, sender = sock.recvfrom(1024)
    print(f"Message from {sender}: {data.decode()}")
