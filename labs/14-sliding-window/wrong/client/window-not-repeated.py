# fails: sends-again
# Sends everything, counts the acknowledgements, and hopes.
import os
import socket
import struct
import sys
import zlib

host, port = sys.argv[2].split(":")
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(3)
transfer = struct.unpack(">I", os.urandom(4))[0]


def send(number, kind, payload=b""):
    rest = struct.pack(">IIB", transfer, number, kind) + payload
    s.sendto(struct.pack(">I", zlib.crc32(rest)) + rest, (host, int(port)))


def wait_for_ack():
    while True:
        try:
            data, addr = s.recvfrom(2000)
        except socket.timeout:
            print("timed out")
            sys.exit(1)
        if len(data) == 45 and data[:4] == struct.pack(">I", zlib.crc32(data[4:])):
            return struct.unpack(">I", data[8:12])[0]


with open(sys.argv[1], "rb") as f:
    data = f.read()
pieces = [data[i:i + 1024] for i in range(0, len(data), 1024)]
send(0, 0)
acked = wait_for_ack()
sent = 1
while acked < len(pieces) + 2:
    while sent < len(pieces) + 2 and sent < acked + 64:
        if sent <= len(pieces):
            send(sent, 1, pieces[sent - 1])
        else:
            send(sent, 2)
        sent += 1
    acked = max(acked, wait_for_ack())
