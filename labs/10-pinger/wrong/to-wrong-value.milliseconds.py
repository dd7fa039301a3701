# fails: ten-pings
# Means a second, and sets a millisecond.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(0.001)
for i in range(1, 11):
    start = time.time()
    sock.sendto(f"Ping {i}".encode(), ("127.0.0.1", 12000))
    try:
        data, server = sock.recvfrom(1024)
        print(data.decode(), time.time() - start)
    except socket.timeout:
        print("Request timed out")
