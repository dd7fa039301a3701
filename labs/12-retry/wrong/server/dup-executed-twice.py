# fails: at-most-once
# Does what each datagram says.
import socket
import struct

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12012))
counter = 0
while True:
    data, addr = sock.recvfrom(1024)
    client, number, operation, amount = struct.unpack("!IIIi", data)
    if operation == 1:
        counter += amount
    print("counter is", counter)
    sock.sendto(struct.pack("!IIIi", client, number, 128, counter), addr)
