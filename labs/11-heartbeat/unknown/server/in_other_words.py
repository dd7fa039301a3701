# fails: alive
# Tells the events in words of its own, which the handout does not have.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12011))
while True:
    name, number = sock.recv(1024).decode().split()
    print("here is", name, flush=True)
