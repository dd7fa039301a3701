# fails: retries
# Counts each try as a request.
import random
import socket
import struct
import sys

SERVER = ("127.0.0.1", 12012)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(0.5)
client = random.randrange(2**32)
number = 0


def ask(operation, amount):
    global number
    for attempt in range(6):
        number += 1
        sock.sendto(struct.pack("!IIIi", client, number, operation, amount), SERVER)
        try:
            data, sender = sock.recvfrom(1024)
            return struct.unpack("!IIIi", data)[2:]
        except socket.timeout:
            print("timeout, trying again")
    sys.exit("no answer")


args = sys.argv[1:]
while args:
    operation = 1 if args.pop(0) == "add" else 2
    amount = int(args.pop(0)) if operation == 1 else 0
    status, value = ask(operation, amount)
    if status == 129:
        sys.exit("refused")
    print("counter is", value)
