# fails: backs-off
# The same time for each try, and nothing is compared.
import random
import socket
import struct
import sys

SERVER = ("127.0.0.1", 12012)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(0.1)
client = random.randrange(2**32)


def ask(request):
    for attempt in range(6):
        sock.sendto(request, SERVER)
        try:
            return struct.unpack("!IIIi", sock.recv(1024))[2:]
        except socket.timeout:
            pass
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
