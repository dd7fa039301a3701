# fails: begins-anywhere
# Whoever has not been heard of has the last number 0.
import socket
from collections import defaultdict
from time import monotonic

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12011))
sock.settimeout(0.02)
last = defaultdict(int)
heard = {}
while True:
    try:
        name, number = sock.recv(1024).decode().split()
        if name not in heard:
            print("alive", name, flush=True)
        heard[name] = monotonic()
        for missing in range(last[name] + 1, int(number)):
            print("missing", name, missing, flush=True)
        last[name] = int(number)
    except socket.timeout:
        pass
    for name, when in list(heard.items()):
        if monotonic() - when >= 0.3:
            print("dead", name, flush=True)
            del heard[name]
