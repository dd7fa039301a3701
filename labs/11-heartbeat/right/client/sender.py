# Works out when each heartbeat is due, as a beginner would.
import socket
import sys
import time

name = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else None

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
start = time.monotonic()
number = 1
while count is None or number <= count:
    wait = start + (number - 1) * 0.1 - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    sock.sendto(f"{name} {number}".encode(), ("127.0.0.1", 12011))
    print("sent", number)
    number += 1
sock.close()
