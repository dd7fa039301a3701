# fails: times-out
# Sends a ping again until it is answered: so nothing is ever lost.
import socket
import time

SERVER = ("127.0.0.1", 12000)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
number = 1
while number <= 10:
    sent = time.monotonic()
    sock.sendto(f"Ping {number}".encode(), SERVER)
    try:
        data, sender = sock.recvfrom(1024)
    except socket.timeout:
        print("Request timed out")
        continue
    print("RTT:", time.monotonic() - sent)
    number += 1
