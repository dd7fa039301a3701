# Keeps what comes early, and never says so: all bits of its acknowledgements are zero.
import os
import socket
import struct
import sys
import time
import zlib

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", 12014))
path = sys.argv[1]


def receive(seconds):
    """The next good packet: transfer, number, kind, payload, sender. None when the time is up."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while True:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            sock.settimeout(left)
        try:
            data, sender = sock.recvfrom(2048)
        except socket.timeout:
            return None
        if len(data) < 13:
            continue
        total, transfer, number, kind = struct.unpack(">IIIB", data[:13])
        if total == zlib.crc32(data[4:]):
            return transfer, number, kind, data[13:], sender


def acknowledge(number):
    rest = struct.pack(">IIB", transfer, number, 3) + bytes(32)
    sock.sendto(struct.pack(">I", zlib.crc32(rest)) + rest, peer)


def next_of_ours(seconds):
    deadline = time.monotonic() + seconds
    while True:
        packet = receive(max(deadline - time.monotonic(), 0.001))
        if packet is None:
            return None
        if packet[0] == transfer and packet[4] == peer:
            return packet


while True:
    transfer, number, kind, payload, peer = receive(None)
    if kind == 0 and number == 0:
        break

waiting_for = 1
early = {}
with open(path, "wb") as file:
    acknowledge(waiting_for)
    while waiting_for != 0:
        packet = next_of_ours(4)
        if packet is None:
            os.remove(path)
            sys.exit("the sender has fallen silent")
        _, number, kind, payload, _ = packet
        if waiting_for <= number < waiting_for + 256:
            early[number] = (kind, payload)
        while waiting_for in early:
            kind, payload = early.pop(waiting_for)
            waiting_for += 1
            if kind == 2:
                last = waiting_for
                waiting_for = 0
                break
            file.write(payload)
        acknowledge(waiting_for or last)
while next_of_ours(1):
    acknowledge(last)
