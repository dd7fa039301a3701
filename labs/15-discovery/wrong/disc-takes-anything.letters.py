# fails: survives-garbage
# Has the library say what a letter is.
import os
import socket
import string
import sys
import threading
import time

ALLOWED = set(string.ascii_letters + string.digits + "-")
addresses = {"broadcast": "<broadcast>", "subnet": "192.168.15.255", "multicast": "239.255.15.15"}
number = int.from_bytes(os.urandom(2), "big") or 1
servers = {}
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
sock.bind(("", 0))
began = time.monotonic()


def listen():
    while True:
        data, (host, _) = sock.recvfrom(65536)
        words = data.decode("utf-8", "replace").split(" ")
        if len(words) != 3 or words[:2] != ["HERE", str(number)]:
            continue
        if 1 <= len(words[2]) <= 20 and words[2].replace('-', '').isalnum():
            servers.setdefault(host, words[2])


def until(moment):
    time.sleep(max(0, began + moment - time.monotonic()))


threading.Thread(target=listen, daemon=True).start()
for moment in (0, 0.1, 0.3):
    until(moment)
    text = f"DISCOVER {number}"
    if servers:
        text += " KNOWN " + " ".join(list(servers))
    sock.sendto(text.encode(), (addresses[sys.argv[1]], 15015))
until(1)
for host, name in sorted(servers.items()):
    print(f"| {host:15} | {name:20} |")
if not servers:
    sys.exit("no server answers")
