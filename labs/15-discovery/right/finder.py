# As a beginner writes it: one socket, a time-out that is made anew before every receive.
import random
import re
import socket
import sys
import time

ADDRESSES = {
    "broadcast": "255.255.255.255",
    "subnet": "192.168.15.255",
    "multicast": "239.255.15.15",
}
PORT = 15015

target = ADDRESSES[sys.argv[1]]
number = random.randint(1, 65535)
found = {}

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)

start = time.monotonic()
for end in (0.1, 0.3, 1.0):
    query = f"DISCOVER {number}"
    if found:
        query += " KNOWN " + " ".join(found)
    sock.sendto(query.encode(), (target, PORT))
    while True:
        left = start + end - time.monotonic()
        if left <= 0:
            break
        sock.settimeout(left)
        try:
            data, (address, port) = sock.recvfrom(2048)
        except socket.timeout:
            break
        match = re.fullmatch(rb"HERE (\d+) ([A-Za-z0-9-]{1,20})", data)
        if match is None or int(match.group(1)) != number:
            continue
        if address not in found:
            found[address] = match.group(2).decode()
            print(f"{found[address]} is at {address}:{port}", flush=True)

if not found:
    print("Nobody is here.")
    sys.exit(1)
