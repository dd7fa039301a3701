# fails: stranger
# Compares the numbers, and not the sender.
import random
import socket
import struct
import sys
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client = random.randrange(2**32)


def ask(request):
    wait = 0.1
    for _ in range(6):
        sock.sendto(request, ("127.0.0.1", 12012))
        end = time.monotonic() + wait * random.uniform(0.5, 1)
        while time.monotonic() < end:
            sock.settimeout(max(0.001, end - time.monotonic()))
            try:
                data = sock.recv(1024)
            except socket.timeout:
                break
            if len(data) == 16 and data[:8] == request[:8] and data[11] in (128, 129):
                return struct.unpack("!Ii", data[8:])
        wait = min(0.4, wait * 2)
    sys.exit("no answer")


args = sys.argv[1:]
number = 0
while args:
    operation = 1 if args.pop(0) == "add" else 2
    amount = int(args.pop(0)) if operation == 1 else 0
    number += 1
    status, value = ask(struct.pack("!IIIi", client, number, operation, amount))
    if status == 129:
        sys.exit("refused")
    print("counter is", value)
