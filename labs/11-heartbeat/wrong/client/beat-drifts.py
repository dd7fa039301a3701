# fails: by-the-schedule
# Sleeps 100 ms after each heartbeat.
import socket
import sys
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
number = 0
while len(sys.argv) < 3 or number < int(sys.argv[2]):
    number += 1
    sock.sendto(f"{sys.argv[1]} {number}".encode(), ("127.0.0.1", 12011))
    time.sleep(0.1)
