# fails: survives-garbage
# Takes apart what comes into three words, whatever it is.
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
        here, its_number, name = data.decode(errors="replace").split(" ")
        if re.fullmatch("[A-Za-z0-9-]{1,20}", name) and here == "HERE" and its_number == str(number):
            found.setdefault(sender[0], name)
for address, name in found.items():
    print(name, address)
sys.exit(0 if found else "none")
