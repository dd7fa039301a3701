# fails: asks-everybody
# Sends to everybody through a socket that has not asked for that.
import socket
import sys

targets = {"broadcast": "255.255.255.255", "subnet": "192.168.15.255", "multicast": "239.255.15.15"}
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1.0)
sock.sendto(b"DISCOVER 4711", (targets[sys.argv[1]], 15015))
data, sender = sock.recvfrom(1500)
print("Found", data.decode().split()[2], "at", sender[0])
