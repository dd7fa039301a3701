# fails: one-deadline
# The whole limit again for each receive.
import random
import socket
import struct
import sys

SERVER = ("127.0.0.1", 12012)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client = random.randrange(2**32)


def ask(request):
    wait = 0.1
    for _ in range(6):
        sock.sendto(request, SERVER)
        sock.settimeout(wait * random.uniform(0.5, 1))
        try:
            while True:
                data, sender = sock.recvfrom(1024)
                if sender == SERVER and len(data) == 16 and data[:8] == request[:8]:
                    status, value = struct.unpack("!Ii", data[8:])
                    if status in (128, 129):
                        return status, value
        except socket.timeout:
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
