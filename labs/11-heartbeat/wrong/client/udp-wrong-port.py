# fails: counts
# Sends to the port after the right one.
import socket
import sys
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
number = 1
while True:
    sock.sendto(f"{sys.argv[1]} {number}".encode(), ("127.0.0.1", 12012))
    number += 1
    time.sleep(0.1)
