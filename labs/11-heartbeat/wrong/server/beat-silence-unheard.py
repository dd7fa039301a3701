# fails: dead
# Looks at the clock when a heartbeat comes, and never else.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12011))
heard = {}
while True:
    data, address = sock.recvfrom(1024)
    name, number = data.decode().split()
    if name not in heard:
        print("alive", name, flush=True)
    heard[name] = time.time()
    for other, when in list(heard.items()):
        if time.time() - when > 0.3:
            print("dead", other, flush=True)
            del heard[other]
