# A client as a beginner writes it: one socket, one loop for each direction. After the first answer
# it talks to whoever sent that. It knows no options, and passes over what stands behind the names.
import os
import socket
import sys
import time

SERVER = ("127.0.0.1", 6969)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
partner = None


def fail(text):
    print(text)
    sys.exit(1)


def receive(until):
    """The partner's next packet, or None when the time is up."""
    global partner
    while True:
        left = until - time.monotonic()
        if left <= 0:
            return None
        sock.settimeout(left)
        try:
            data, sender = sock.recvfrom(65536)
        except socket.timeout:
            return None
        if len(data) < 4:
            continue
        if partner is None:
            partner = sender
        if sender != partner:
            if data[1] != 5:
                sock.sendto(b"\0\5\0\5unknown transfer\0", sender)
            continue
        if data[1] == 5:
            fail("Error: " + data[4:].split(b"\0")[0].decode(errors="replace"))
        return data


def ask(packet, wanted, repeated=None):
    """Sends the packet until one that begins so comes."""
    for _ in range(5):
        sock.sendto(packet, partner or SERVER)
        until = time.monotonic() + 0.5
        while (data := receive(until)) is not None:
            if data[:4] == wanted:
                return data
            if data[:4] == repeated:
                sock.sendto(packet, partner)
    fail("The server does not answer")


def header(kind, number):
    return bytes([0, kind]) + (number % 65536).to_bytes(2, "big")


def get(name, path):
    packet = b"\0\1" + name.encode() + b"\0octet\0"
    number, part = 0, path + ".part"
    try:
        with open(part, "wb") as file:
            while True:
                repeated = header(3, number) if number else None
                data = ask(packet, header(3, number + 1), repeated)
                file.write(data[4:])
                number += 1
                packet = header(4, number)
                if len(data) < 516:
                    break
        os.rename(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)
    sock.sendto(packet, partner)
    until = time.monotonic() + 1
    while (data := receive(until)) is not None:
        if data[:4] == header(3, number):
            sock.sendto(packet, partner)


def put(path, name):
    ask(b"\0\2" + name.encode() + b"\0octet\0", header(4, 0))
    with open(path, "rb") as file:
        number = 0
        while True:
            block = file.read(512)
            number += 1
            ask(header(3, number) + block, header(4, number))
            if len(block) < 512:
                break


if sys.argv[1] == "get":
    get(sys.argv[2], sys.argv[3])
else:
    put(sys.argv[2], sys.argv[3])
print("Done")
