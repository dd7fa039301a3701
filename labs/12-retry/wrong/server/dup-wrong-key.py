# fails: any-port
# Takes a sender's address for the client.
import socket
import struct

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12012))
counter = 0
seen = {}
while True:
    data, addr = sock.recvfrom(1024)
    if len(data) != 16:
        continue
    client, number, operation, amount = struct.unpack("!IIIi", data)
    if operation != 1 and operation != 2:
        continue
    if (addr, client, number) not in seen:
        if operation == 1:
            counter += amount
        seen[(addr, client, number)] = struct.pack("!IIIi", client, number, 128, counter)
    sock.sendto(seen[(addr, client, number)], addr)
