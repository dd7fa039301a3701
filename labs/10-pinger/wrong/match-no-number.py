# fails: ten-pings
# Sends the same word ten times.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
for i in range(10):
    start = time.time()
    sock.sendto(b"ping", ("127.0.0.1", 12000))
    try:
        data, server = sock.recvfrom(1024)
        print("RTT:", time.time() - start)
    except socket.timeout:
        print("Request timed out")
