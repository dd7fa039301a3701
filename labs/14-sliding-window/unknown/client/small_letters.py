# fails: sends-a-file
# Sends what is in the file in small letters, and stays to hear what the receiver makes of it.
import random
import socket
import struct
import sys
import zlib

host, port = sys.argv[2].split(":")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(0.5)
transfer = random.getrandbits(32)
content = open(sys.argv[1], "rb").read().lower()
pieces = [content[at:at + 1024] for at in range(0, len(content), 1024)]
packets = [(0, b""), *((1, piece) for piece in pieces), (2, b"")]

for number, (kind, data) in enumerate(packets):
    packet = struct.pack("!IIB", transfer, number, kind) + data
    packet = struct.pack("!I", zlib.crc32(packet)) + packet
    acknowledged = 0
    while acknowledged <= number:
        sock.sendto(packet, (host, int(port)))
        try:
            acknowledged = struct.unpack_from("!I", sock.recv(2000), 8)[0]
        except socket.timeout:
            pass

sock.settimeout(None)
sock.recv(2000)
