# fails: finds-all
# Takes the end of the time for something that does not happen.
import random
import socket
import sys

targets = {"broadcast": "255.255.255.255", "subnet": "192.168.15.255", "multicast": "239.255.15.15"}
number = random.randint(1, 65535)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sock.settimeout(0.2)
for _ in range(3):
    sock.sendto(f"DISCOVER {number}".encode(), (targets[sys.argv[1]], 15015))
    while True:
        data, sender = sock.recvfrom(1500)
        print("Found", data.decode().split()[-1], "at", sender[0])
