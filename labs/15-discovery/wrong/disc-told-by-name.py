# fails: tells-namesakes-apart
# A dictionary from names to addresses: the second of one name takes the place of the first.
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
    known = " KNOWN " + " ".join(found.values()) if found else ""
    sock.sendto(f"DISCOVER {number}{known}".encode(), (targets[sys.argv[1]], 15015))
    while (left := start + end - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            data, sender = sock.recvfrom(1500)
        except socket.timeout:
            break
        match = re.fullmatch(rb"HERE (\d+) ([A-Za-z0-9-]{1,20})", data)
        if match and int(match[1]) == number:
            found[match[2].decode()] = sender[0]
for name, address in found.items():
    print(name, address)
sys.exit(0 if found else "none")
