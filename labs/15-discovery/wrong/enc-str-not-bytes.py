# fails: asks-everybody
# Sends text, which Python does not: sockets carry bytes.
import random
import socket
import sys

targets = {"broadcast": "255.255.255.255", "subnet": "192.168.15.255", "multicast": "239.255.15.15"}
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sock.sendto(f"DISCOVER {random.randint(1, 65535)}", (targets[sys.argv[1]], 15015))
