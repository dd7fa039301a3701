# fails: at-most-once
# Keeps the ids in a set, and does nothing for one that it has.
import socket
import struct

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12012))
counter, done = 0, set()
while True:
    data, addr = sock.recvfrom(1024)
    client, number, operation, amount = struct.unpack("!IIIi", data)
    if (client, number) in done:
        print("duplicate, ignored")
        continue
    done.add((client, number))
    if operation == 1:
        counter += amount
    sock.sendto(struct.pack("!IIIi", client, number, 128, counter), addr)
