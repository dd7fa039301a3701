# A process for each datagram, and nobody waits for them: they stay in the table as zombies.
import os
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345", flush=True)
while True:
    message, client = server.recvfrom(1024)
    if os.fork() == 0:
        print(f"Message from {client}: '{message.decode()}'", flush=True)
        server.sendto(b"Server acknowledges: " + message, client)
        os._exit(0)
