# fails: ten-pings
# Sends all ten, and receives in a second loop.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
sent = {}
for i in range(1, 11):
    sent[i] = time.time()
    sock.sendto(f"Ping {i}".encode(), ("127.0.0.1", 12000))
for i in range(1, 11):
    try:
        data, server = sock.recvfrom(1024)
        number = int(data.split()[1])
        print(number, time.time() - sent[number])
    except socket.timeout:
        print("Request timed out")
