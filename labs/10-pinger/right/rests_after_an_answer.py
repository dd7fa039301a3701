# Rests for a moment after each answer, so that ten pings do not leave at once, and counts from a random number.
import random
import socket
import time

SERVER = ("127.0.0.1", 12000)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
first = random.randrange(1000, 9000)
times = []
for number in range(first, first + 10):
    ping = f"hello, seq={number}".encode()
    begin = time.monotonic()
    sock.sendto(ping, SERVER)
    took = None
    while took is None and (left := begin + 1 - time.monotonic()) > 0:
        sock.settimeout(left)
        try:
            answer, sender = sock.recvfrom(65535)
        except socket.timeout:
            break
        if sender == SERVER and answer.upper() == ping.upper():
            took = time.monotonic() - begin
    if took is None:
        print(f"seq {number}: nothing within a second", flush=True)
        continue
    times.append(took)
    print(f"seq {number}: {took * 1e6:.0f} us", flush=True)
    time.sleep(0.25)
print(f"loss {100 - 10 * len(times)}%")
if times:
    low, mean, high = min(times), sum(times) / len(times), max(times)
    print(f"rtt min/avg/max {low * 1000:.1f}/{mean * 1000:.1f}/{high * 1000:.1f} ms")
