# fails: sends-a-file
# Reads each block into a buffer of 512 bytes, and sends all of the buffer.
import os
import socket
import struct
import sys
import threading

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "."


def serve(request, client):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    name = request[2:].split(b"\0")[0].decode()
    buffer = bytearray(512)
    number, left = 0, os.path.getsize(os.path.join(FOLDER, name))
    with open(os.path.join(FOLDER, name), "rb") as file:
        while left >= 0:
            number += 1
            left -= file.readinto(buffer) or 1
            packet = struct.pack("!HH", 3, number) + buffer
            sock.settimeout(0.5)
            while True:
                sock.sendto(packet, client)
                try:
                    data, sender = sock.recvfrom(516)
                except socket.timeout:
                    continue
                if sender == client and data == struct.pack("!HH", 4, number):
                    break


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 6969))
while True:
    data, sender = server.recvfrom(1024)
    if data[:2] == b"\0\1":
        threading.Thread(target=serve, args=(data, sender), daemon=True).start()
