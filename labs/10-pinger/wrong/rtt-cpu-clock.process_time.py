# fails: prints-each-time
# Measures the time that the processor works.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
for i in range(1, 11):
    start = time.process_time()
    sock.sendto(b"Ping %d" % i, ("127.0.0.1", 12000))
    try:
        sock.recvfrom(1024)
        print("Ping", i, "took", time.process_time() - start, "seconds")
    except socket.timeout:
        print("Request timed out")
