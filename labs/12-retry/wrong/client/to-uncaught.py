# fails: retries
# Sets a time limit, and does not catch its end.
import random
import socket
import struct
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(0.1)
client = random.randrange(2**32)
args = sys.argv[1:]
number = 0
while args:
    operation = 1 if args.pop(0) == "add" else 2
    amount = int(args.pop(0)) if operation == 1 else 0
    number += 1
    sock.sendto(struct.pack("!IIIi", client, number, operation, amount), ("127.0.0.1", 12012))
    data, server = sock.recvfrom(1024)
    status, value = struct.unpack("!Ii", data[8:])
    if status == 129:
        sys.exit("refused")
    print("counter is", value)
