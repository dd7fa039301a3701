# fails: is-bound
# Has copied the line that makes the socket from a program for TCP.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind(("127.0.0.1", 12345))
data, sender = sock.recvfrom(1024)
print(f"Message from {sender}: {data.decode()}")
