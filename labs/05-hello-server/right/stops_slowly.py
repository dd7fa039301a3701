# Takes 0.3 s to stop after Ctrl-C or TERM, to finish what it does, and then reports 130 or 143.
import signal
import socket
import sys
import time


def stop(number, _frame):
    print("Finishing ...")
    time.sleep(0.3)
    server.close()
    sys.exit(128 + number)


signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
while True:
    message, client = server.recvfrom(1024)
    print(f"Message from {client}: {message.decode()}")
    server.sendto(b"Hello, Client!", client)
