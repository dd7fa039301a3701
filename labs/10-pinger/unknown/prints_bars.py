# fails: prints-each-time
# Draws the time of each ping, and prints no number.
import socket
import time

SERVER = ("127.0.0.1", 12000)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(1, 11):
    ping = b"Ping %d" % number
    sent = time.monotonic()
    sock.sendto(ping, SERVER)
    while True:
        sock.settimeout(max(sent + 1 - time.monotonic(), 0.001))
        try:
            data, sender = sock.recvfrom(2048)
        except socket.timeout:
            print("Request timed out")
            break
        if sender == SERVER and data == ping:
            print("#" * int((time.monotonic() - sent) * 100 + 1))
            break
