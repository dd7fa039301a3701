# fails: window
import os
import socket
import struct
import sys
import time
import zlib

host, port = sys.argv[2].split(":")
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((host, int(port)))
transfer = struct.unpack(">I", os.urandom(4))[0]
timeout, srtt, var = 1.0, None, 0.0


def send_reliably(number, kind, payload):
    global timeout, srtt, var
    rest = struct.pack(">IIB", transfer, number, kind) + payload
    packet = struct.pack(">I", zlib.crc32(rest)) + rest
    start = time.monotonic()
    tries = 0
    while True:
        sent = time.monotonic()
        tries += 1
        try:
            s.send(packet)
        except OSError:
            pass
        while True:
            left = sent + timeout - time.monotonic()
            if left <= 0:
                break
            s.settimeout(left)
            try:
                ack = s.recv(2000)
            except OSError:
                continue
            if len(ack) != 45:
                continue
            crc, tr, num, kind_of_ack = struct.unpack(">IIIB", ack[:13])
            if crc == zlib.crc32(ack[4:]) and tr == transfer and kind_of_ack == 3 and num == number + 1:
                if tries == 1:
                    rtt = time.monotonic() - sent
                    if srtt is None:
                        srtt, var = rtt, rtt / 2
                    var = 0.75 * var + 0.25 * abs(srtt - rtt)
                    srtt = 0.875 * srtt + 0.125 * rtt
                    timeout = min(max(0.2, srtt + max(0.1, 4 * var)), 1.0)
                return
        timeout = min(timeout * 2, 1.0)
        if time.monotonic() - start > 4:
            print("no answer, giving up")
            sys.exit(1)


with open(sys.argv[1], "rb") as f:
    data = f.read()
send_reliably(0, 0, b"")
number = 1
for i in range(0, len(data), 1024):
    send_reliably(number, 1, data[i:i + 1024])
    number += 1
send_reliably(number, 2, b"")
