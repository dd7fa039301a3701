# fails: finds-all
# Asks as one asks a server whose address one knows: one question, one answer.
import random
import socket
import sys

targets = {"broadcast": "255.255.255.255", "subnet": "192.168.15.255", "multicast": "239.255.15.15"}
number = random.randint(1, 65535)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for limit in (0.1, 0.2, 0.7):
    sock.settimeout(limit)
    sock.sendto(f"DISCOVER {number}".encode(), (targets[sys.argv[1]], 15015))
    try:
        data, sender = sock.recvfrom(1500)
    except socket.timeout:
        continue
    print("Found", data.decode(errors="replace").split()[-1], "at", sender[0])
    break
else:
    sys.exit("nobody")
