# fails: asks-again
# Right as long as nothing is lost: it waits for ever.
import os
import socket
import struct
import sys

SERVER = ("127.0.0.1", 6969)

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def packet(kind, number):
    return struct.pack("!HH", kind, number & 0xFFFF)


if sys.argv[1] == "get":
    name, path = sys.argv[2:4]
    sock.sendto(b"\0\1" + name.encode() + b"\0octet\0", SERVER)
    with open(path + ".part", "wb") as file:
        number = 0
        while True:
            data, partner = sock.recvfrom(516)
            if data[:4] != packet(3, number + 1):
                continue
            number += 1
            file.write(data[4:])
            sock.sendto(packet(4, number), partner)
            if len(data) < 516:
                break
    os.rename(path + ".part", path)
else:
    path, name = sys.argv[2:4]
    sock.sendto(b"\0\2" + name.encode() + b"\0octet\0", SERVER)
    data, partner = sock.recvfrom(516)
    with open(path, "rb") as file:
        number = 0
        while True:
            block = file.read(512)
            number += 1
            sock.sendto(packet(3, number) + block, partner)
            while sock.recv(516) != packet(4, number):
                pass
            if len(block) < 512:
                break
