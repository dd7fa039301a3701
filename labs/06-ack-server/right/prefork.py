# Three children receive on the socket that the parent bound. The parent only waits, and two
# answers may overtake each other: UDP promises no order.
import os
import socket

WORKERS = 3

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345", flush=True)

for _ in range(WORKERS):
    if os.fork() == 0:
        while True:
            message, client = server.recvfrom(1024)
            print(f"[{os.getpid()}] {client}: {message.decode()}")
            server.sendto(b"Server acknowledges: " + message, client)

server.close()
for _ in range(WORKERS):
    os.wait()
