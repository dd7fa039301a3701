# Talks first and binds more than half a second later, as a program that loads or compiles does.
import socket
import time

print("Reading the configuration ...")
time.sleep(0.6)

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345")

while True:
    message, client = server.recvfrom(1024)
    print(f"Message from {client}: {message.decode()}")
    server.sendto(b"Server acknowledges: " + message, client)
