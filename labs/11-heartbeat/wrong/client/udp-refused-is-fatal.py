# fails: nobody-listens
# Nobody catches what send raises.
import socket
import sys
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(("127.0.0.1", 12011))
start = time.monotonic()
number = 0
while len(sys.argv) < 3 or number < int(sys.argv[2]):
    number += 1
    sock.send(f"{sys.argv[1]} {number}".encode())
    time.sleep(max(0, start + number * 0.1 - time.monotonic()))
