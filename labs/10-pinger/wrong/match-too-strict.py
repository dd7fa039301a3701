# fails: prints-each-time
# Knows the textbook's server only, which answers in capitals.
import socket
import time

SERVER = ("127.0.0.1", 12000)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(1, 11):
    ping = f"Ping {number}"
    sent = time.monotonic()
    sock.sendto(ping.encode(), SERVER)
    while True:
        sock.settimeout(max(sent + 1 - time.monotonic(), 0.001))
        try:
            data, sender = sock.recvfrom(2048)
        except socket.timeout:
            print("Request timed out")
            break
        if sender == SERVER and data == ping.upper().encode():
            print("RTT", time.monotonic() - sent)
            break
