# A sender as a beginner writes it: one loop, a list of packets, a dictionary of what is under way.
import os
import select
import socket
import struct
import sys
import time
import zlib

path, address = sys.argv[1], sys.argv[2]
host, port = address.split(":")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect((host, int(port)))
transfer = int.from_bytes(os.urandom(4), "big")


def packet(number, kind, payload=b""):
    rest = struct.pack(">IIB", transfer, number, kind) + payload
    return struct.pack(">I", zlib.crc32(rest)) + rest


with open(path, "rb") as file:
    data = file.read()
packets = [packet(0, 0)]
for start in range(0, len(data), 1024):
    packets.append(packet(len(packets), 1, data[start:start + 1024]))
packets.append(packet(len(packets), 2))

under_way = {}        # number: (when it was sent last, which sending that was, how many times)
done = set()
first, new = 0, 0     # the first that is missing, the next that is new
sendings, latest = 0, 0
srtt = rttvar = None
rto = 1.0
heard = time.monotonic()


def send(number):
    global sendings
    sendings += 1
    times = under_way[number][2] + 1 if number in under_way else 1
    under_way[number] = (time.monotonic(), sendings, times)
    try:
        sock.send(packets[number])
    except ConnectionRefusedError:
        pass


def measure(trip):
    global srtt, rttvar, rto
    if srtt is None:
        srtt, rttvar = trip, trip / 2
    else:
        rttvar = 0.75 * rttvar + 0.25 * abs(srtt - trip)
        srtt = 0.875 * srtt + 0.125 * trip
    rto = min(max(srtt + max(4 * rttvar, 0.1), 0.2), 1.0)


def came(number):
    global latest
    if number in done or number not in under_way:
        return
    sent, sending, times = under_way.pop(number)
    done.add(number)
    if times == 1:
        latest = max(latest, sending)
        measure(time.monotonic() - sent)


while first < len(packets):
    window = 64 if first > 0 else 1
    while len(under_way) < window and new < len(packets) and new < first + 256:
        send(new)
        new += 1

    oldest = min(sent for sent, _, _ in under_way.values())
    wait = max(oldest + rto - time.monotonic(), 0.001)
    while select.select([sock], [], [], wait)[0]:
        wait = 0
        try:
            answer = sock.recv(2048)
        except ConnectionRefusedError:
            continue
        if len(answer) != 45:
            continue
        total, its, number, kind = struct.unpack(">IIIB", answer[:13])
        if total != zlib.crc32(answer[4:]) or its != transfer or kind != 3 or number > new:
            continue
        heard = time.monotonic()
        for old in range(first, number):
            came(old)
        bits = int.from_bytes(answer[13:], "little")
        while bits:
            lowest = (bits & -bits).bit_length() - 1
            came(number + lowest)
            bits &= bits - 1
        while first in done:
            first += 1

    now = time.monotonic()
    if now - heard > 4:
        sys.exit("the receiver has fallen silent")
    late = [number for number, (sent, _, _) in under_way.items() if now - sent >= rto]
    overtaken = [number for number, (_, sending, _) in under_way.items() if sending + 3 <= latest]
    for number in sorted(set(late + overtaken)):
        send(number)
    if late:
        rto = min(2 * rto, 1.0)
print(f"sent {len(data)} bytes")
