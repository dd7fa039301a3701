# fails: keeps-what-is-early
import os
import socket
import struct
import sys
import zlib

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 12014))
expected = 0
transfer = sender = None
f = open(sys.argv[1], "wb")
finished = False

while True:
    try:
        data, addr = s.recvfrom(2000)
    except socket.timeout:
        if finished:
            break
        print("timeout, giving up")
        os.remove(sys.argv[1])
        sys.exit(1)
    if len(data) < 13:
        continue
    crc, tr, num, kind = struct.unpack(">IIIB", data[:13])
    if crc != zlib.crc32(data[4:]):
        continue
    if transfer is None and kind == 0:
        transfer, sender = tr, addr
    if tr != transfer or addr != sender:
        continue
    s.settimeout(4)
    if num == expected:
        if kind == 1:
            f.write(data[13:])
        if kind == 2:
            f.close()
            finished = True
        expected += 1
    if finished:
        s.settimeout(1)
    ack = struct.pack(">IIB", transfer, expected, 3) + b"\0" * 32
    s.sendto(struct.pack(">I", zlib.crc32(ack)) + ack, sender)
