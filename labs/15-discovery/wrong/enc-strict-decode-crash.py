# fails: survives-garbage
# Decodes what comes, as if it could only be text.
import random
import re
import socket
import sys
import time

targets = {"broadcast": "255.255.255.255", "subnet": "192.168.15.255", "multicast": "239.255.15.15"}
number = random.randint(1, 65535)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
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
        text = data.decode()
        match = re.fullmatch(r"HERE (\d+) ([A-Za-z0-9-]{1,20})", text)
        if match and int(match[1]) == number:
            found.setdefault(sender[0], match[2])
for address, name in found.items():
    print(name, address)
sys.exit(0 if found else "none")
