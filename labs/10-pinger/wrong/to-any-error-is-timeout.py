# fails: ten-pings
# Forgets how much it wants to receive; `except` makes a time-out of that.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
for i in range(1, 11):
    start = time.time()
    sock.sendto(("Ping %d" % i).encode(), ("127.0.0.1", 12000))
    try:
        data, server = sock.recvfrom()
        print("RTT", time.time() - start)
    except:
        print("Request timed out")
