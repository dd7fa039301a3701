# fails: times-out
# A variable hides the exception of the same name.
import time
from socket import *

timeout = 1
s = socket(AF_INET, SOCK_DGRAM)
s.settimeout(timeout)
for i in range(1, 11):
    start = time.time()
    s.sendto(("Ping %d" % i).encode(), ("127.0.0.1", 12000))
    try:
        data, addr = s.recvfrom(1024)
        print(data.decode(), time.time() - start)
    except timeout:
        print("Request timed out")
