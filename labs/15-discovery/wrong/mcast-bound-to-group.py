# fails: finds-the-group
# Begins as every tutorial on multicast does: bind the group, join it.
import random
import re
import socket
import struct
import sys
import time

GROUP, PORT = "239.255.15.15", 15015
targets = {"broadcast": "255.255.255.255", "subnet": "192.168.15.255", "multicast": GROUP}
number = random.randint(1, 65535)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
if sys.argv[1] == "multicast":
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((GROUP, PORT))
    request = struct.pack("4sl", socket.inet_aton(GROUP), socket.INADDR_ANY)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
found = {}
start = time.monotonic()
for end in (0.1, 0.3, 1.0):
    known = " KNOWN " + " ".join(found) if found else ""
    sock.sendto(f"DISCOVER {number}{known}".encode(), (targets[sys.argv[1]], PORT))
    while (left := start + end - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            data, sender = sock.recvfrom(1500)
        except socket.timeout:
            break
        match = re.fullmatch(rb"HERE (\d+) ([A-Za-z0-9-]{1,20})", data)
        if match and int(match[1]) == number:
            found.setdefault(sender[0], match[2].decode())
for address, name in found.items():
    print(name, address)
sys.exit(0 if found else "none")
