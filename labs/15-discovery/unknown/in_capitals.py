# fails: finds-all
# Lists names in capital letters.
import random
import socket
import sys
import time

targets = {"broadcast": "255.255.255.255", "subnet": "192.168.15.255", "multicast": "239.255.15.15"}
number = random.randint(1, 65535)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
known = []
began = time.monotonic()
for until in (0.1, 0.3, 1):
    query = " ".join([f"DISCOVER {number}", *(["KNOWN", *known] if known else [])])
    sock.sendto(query.encode(), (targets[sys.argv[1]], 15015))
    while (left := began + until - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            answer, (address, _) = sock.recvfrom(1500)
        except socket.timeout:
            break
        if address not in known:
            known.append(address)
            print("Found", answer.decode().split()[-1].upper(), "at", address, flush=True)
