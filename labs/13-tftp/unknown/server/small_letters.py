# fails: sends-a-file
# Sends what is in the file in small letters.
import os
import socket
import struct
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 6969))
while True:
    request, client = server.recvfrom(516)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with open(os.path.join(sys.argv[1], request[2:].split(b"\0")[0].decode()), "rb") as file:
        number = 0
        while True:
            block = file.read(512)
            number += 1
            sock.sendto(struct.pack("!HH", 3, number) + block.lower(), client)
            sock.recvfrom(516)
            if len(block) < 512:
                break
