# fails: prints-each-time
# Looks three times, a twentieth of a second apart.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setblocking(False)
for number in range(1, 11):
    sent = time.monotonic()
    sock.sendto(f"Ping {number}".encode(), ("127.0.0.1", 12000))
    for _ in range(3):
        time.sleep(0.05)
        try:
            sock.recvfrom(1024)
        except BlockingIOError:
            continue
        print("RTT:", time.monotonic() - sent)
        break
    else:
        print("Request timed out")
