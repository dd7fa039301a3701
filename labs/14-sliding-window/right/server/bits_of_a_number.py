# Has one number whose bits are what came, looks at the clock twenty times a second, and says nothing at all to what
# is too far ahead.
import os
import socket
import struct
import sys
import time
import zlib

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", 12014))
sock.settimeout(0.05)
path = sys.argv[1]
file = peer = transfer = end = None
first, came, heard = 1, 0, 0.0

while True:
    is_whole = end is not None and first > end
    if peer is not None and time.monotonic() - heard > (1 if is_whole else 4):
        file.close()
        if is_whole:
            sys.exit(0)
        os.unlink(path)
        sys.exit("nothing comes any more")
    try:
        data, sender = sock.recvfrom(65535)
    except socket.timeout:
        continue
    if len(data) < 13:
        continue
    total, its_transfer, number, kind = struct.unpack_from("!IIIB", data)
    piece = data[13:]
    has_form = {
        0: number == 0 and not piece,
        1: number > 0 and 1 <= len(piece) <= 1024,
        2: number > 0 and not piece,
    }.get(kind, False)
    if total != zlib.crc32(data[4:]) or not has_form:
        continue
    if peer is None and kind == 0:
        peer, transfer = sender, its_transfer
        file = open(path, "wb", buffering=0)
    if sender != peer or its_transfer != transfer:
        continue
    heard = time.monotonic()
    ahead = number - first
    if ahead >= 256:
        continue
    if ahead >= 0 and not came >> ahead & 1:
        came |= 1 << ahead
        if kind == 1:
            os.pwrite(file.fileno(), piece, (number - 1) * 1024)
        else:
            end = number
        while came & 1:
            came >>= 1
            first += 1
    answer = struct.pack("!IIB", transfer, first, 3) + came.to_bytes(32, "little")
    sock.sendto(struct.pack("!I", zlib.crc32(answer)) + answer, peer)
