# fails: stays-in-the-lan
# Copied from a tutorial in which the group is on the other side of some routers.
import random
import socket
import struct
import sys
import time

targets = {"broadcast": "255.255.255.255", "subnet": "192.168.15.255", "multicast": "239.255.15.15"}
number = random.randint(1, 65535)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, struct.pack("b", 32))
found = {}
start = time.monotonic()
for end in (0.1, 0.3, 1.0):
    known = " KNOWN " + " ".join(found) if found else ""
    sock.sendto(f"DISCOVER {number}{known}".encode(), (targets[sys.argv[1]], 15015))
    while (left := start + end - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            data, sender = sock.recvfrom(1500)
        except socket.timeout:
            break
        words = data.split(b" ")
        if len(words) == 3 and words[:2] == [b"HERE", b"%d" % number]:
            found.setdefault(sender[0], words[2].decode())
for address, name in found.items():
    print(name, address)
sys.exit(0 if found else "none")
