# fails: counts
# range(n) begins with 0.
import socket
import sys
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
count = int(sys.argv[2]) if len(sys.argv) > 2 else 10**9
start = time.monotonic()
for number in range(count):
    sock.sendto(f"{sys.argv[1]} {number}".encode(), ("127.0.0.1", 12011))
    time.sleep(max(0, start + (number + 1) * 0.1 - time.monotonic()))
