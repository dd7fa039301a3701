# fails: counts
# Puts a colon between the name and the number.
import socket
import sys
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
number = 1
while True:
    sock.sendto(f"{sys.argv[1]}: {number}".encode(), ("127.0.0.1", 12011))
    number += 1
    time.sleep(1)
