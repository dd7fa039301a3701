# A new socket at each try. An answer to an earlier try finds nobody: the server repeats it.
import os
import random
import select
import socket
import struct
import sys
import time

SERVER = ("127.0.0.1", 12012)


def one_try(request, seconds):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.sendto(request, SERVER)
        end = time.monotonic() + seconds
        while select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
            data, sender = sock.recvfrom(2048)
            if sender == SERVER and len(data) == 16 and data[:8] == request[:8]:
                status, value = struct.unpack("!Ii", data[8:])
                if status in (128, 129):
                    return status, value
            if time.monotonic() >= end:
                return None
    return None


def main(words):
    client = os.urandom(4)
    number = random.randrange(2**31)
    while words:
        word = words.pop(0)
        operation, amount = (1, int(words.pop(0))) if word == "add" else (2, 0)
        number += 1
        request = client + struct.pack("!IIi", number, operation, amount)
        for wait in (0.1, 0.2, 0.4, 0.4, 0.4, 0.4):
            answer = one_try(request, wait * (0.5 + random.random() / 2))
            if answer:
                break
        else:
            sys.exit("no answer")
        if answer[0] != 128:
            sys.exit(f"refused at {answer[1]}")
        print(answer[1])


main(sys.argv[1:])
