# One thread asks, the other listens; both use one socket. It has joined the group itself, so it hears
# its own queries too, and it names the interface for its multicasts.
import secrets
import select
import socket
import struct
import sys
import threading
import time

GROUP = "239.255.15.15"
OWN = "192.168.15.10"

number = secrets.randbelow(65535) + 1
lock = threading.Lock()
servers = {}
over = threading.Event()

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", 0))
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(OWN))
sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, struct.pack("b", 1))
sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(OWN))
sock.setblocking(False)


def listen():
    while not over.is_set():
        ready, _, _ = select.select([sock], [], [], 0.02)
        if not ready:
            continue
        data, sender = sock.recvfrom(65536)
        words = data.split(b" ")
        if len(words) != 3 or words[0] != b"HERE" or words[1] != b"%d" % number:
            continue
        name = words[2].decode("ascii", "replace")
        if not 1 <= len(name) <= 20 or not all(c.isascii() and (c.isalnum() or c == "-") for c in name):
            continue
        with lock:
            servers[sender[0]] = name


listener = threading.Thread(target=listen)
listener.start()
target = {"broadcast": "<broadcast>", "subnet": "192.168.15.255", "multicast": GROUP}[sys.argv[1]]
for pause in (0.1, 0.2, 0.7):
    with lock:
        known = list(servers)
    text = f"DISCOVER {number}" + (" KNOWN " + " ".join(known) if known else "")
    sock.sendto(text.encode(), (target, 15015))
    time.sleep(pause)
over.set()
listener.join()
for address in sorted(servers):
    print(f"* {servers[address]:20} {address}")
sys.exit(0 if servers else "nobody has answered")
