# A second thread reads commands from the terminal. It may: the server does not wait for it.
import os
import socket
import sys
import threading


def console():
    print("Commands: quit")
    for line in sys.stdin:
        if line.strip() == "quit":
            os._exit(0)


threading.Thread(target=console, daemon=True).start()

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
while True:
    message, client = server.recvfrom(1024)
    print(f"Message from {client}: {message.decode()}")
    server.sendto(b"Hello, Client!", client)
