# fails: full
# Adds without a look at the range: the sum cannot be packed.
import socket
import struct

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12012))
counter = 0
answers = {}
while True:
    data, addr = sock.recvfrom(1024)
    if len(data) != 16:
        continue
    client, number, operation, amount = struct.unpack("!IIIi", data)
    if operation not in (1, 2):
        continue
    if (client, number) not in answers:
        if operation == 1:
            counter += amount
        answers[client, number] = struct.pack("!IIIi", client, number, 128, counter)
    sock.sendto(answers[client, number], addr)
