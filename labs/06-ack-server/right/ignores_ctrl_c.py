# Ignores Ctrl-C, as a program behind nohup may: only TERM ends it.
import signal
import socket

signal.signal(signal.SIGINT, signal.SIG_IGN)

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345")

while True:
    message, client = server.recvfrom(1024)
    print(f"Message from {client}: {message.decode()}")
    server.sendto(b"Server acknowledges: " + message, client)
