# One socket, one deadline a try, and settimeout with the time that is left.
import random
import socket
import struct
import sys
import time

SERVER = ("127.0.0.1", 12012)


def ask(sock, request):
    wait = 0.1
    for attempt in range(6):
        sock.sendto(request, SERVER)
        deadline = time.monotonic() + wait * random.uniform(0.5, 1)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            sock.settimeout(left)
            try:
                data, sender = sock.recvfrom(1024)
            except socket.timeout:
                break
            if sender != SERVER or len(data) != 16 or data[:8] != request[:8]:
                continue
            _, _, status, value = struct.unpack("!IIIi", data)
            if status in (128, 129):
                return status, value
        wait = min(wait * 2, 0.4)
    return None


sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client = random.randrange(2**32)
number = 0
words = iter(sys.argv[1:])
for word in words:
    number += 1
    amount = int(next(words)) if word == "add" else 0
    request = struct.pack("!IIIi", client, number, 1 if word == "add" else 2, amount)
    answer = ask(sock, request)
    if answer is None:
        print("The server does not answer.")
        sys.exit(1)
    status, value = answer
    if status == 129:
        print("Refused. The counter is at", value)
        sys.exit(1)
    print("Counter:", value)
