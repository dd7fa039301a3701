# fails: answers-afterwards
import os
import socket
import struct
import sys
import zlib

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 12014))
first = 0
pieces = {}
transfer = sender = None

while 2 not in [kind for kind, _ in pieces.values()] or first in pieces or first <= max(pieces):
    try:
        data, addr = s.recvfrom(2000)
    except socket.timeout:
        print("timeout, giving up")
        sys.exit(1)
    if len(data) < 13:
        continue
    crc, tr, num, kind = struct.unpack(">IIIB", data[:13])
    if crc != zlib.crc32(data[4:]):
        continue
    if transfer is None and kind == 0:
        transfer, sender = tr, addr
        s.settimeout(4)
    if tr != transfer or addr != sender or not first <= num < first + 256:
        if tr != transfer or addr != sender:
            continue
    elif num not in pieces:
        pieces[num] = (kind, data[13:])
    while first in pieces:
        first += 1
    bits = 0
    for early in pieces:
        if early > first:
            bits |= 1 << (early - first)
    ack = struct.pack(">IIB", transfer, first, 3) + bits.to_bytes(32, "little")
    if 2 in [kind for kind, _ in pieces.values()] and first > max(pieces):
        with open(sys.argv[1], "wb") as f:
            for num in sorted(pieces):
                f.write(pieces[num][1])
    s.sendto(struct.pack(">I", zlib.crc32(ack)) + ack, sender)
