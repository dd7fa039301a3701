# fails: serves-on
# Serves in a child that ends after two messages. Nobody waits for it, or starts another.
import os
import signal
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345", flush=True)

if os.fork() == 0:
    for _ in range(2):
        data, client = server.recvfrom(1024)
        print(f"Message from {client}: {data.decode()}")
        server.sendto(b"Server acknowledges: " + data, client)
    os._exit(0)

server.close()
while True:
    signal.pause()
