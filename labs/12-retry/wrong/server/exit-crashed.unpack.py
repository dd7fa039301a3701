# fails: no-request
# Unpacks whatever comes.
import socket
import struct

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12012))
counter = 0
answers = {}
while True:
    data, addr = sock.recvfrom(1024)
    client, number, operation, amount = struct.unpack("!IIIi", data)
    if data[:8] not in answers:
        status = 128
        if operation == 1:
            if abs(counter + amount) < 2**31 or counter + amount == -2**31:
                counter += amount
            else:
                status = 129
        answers[data[:8]] = data[:8] + struct.pack("!Ii", status, counter)
    sock.sendto(answers[data[:8]], addr)
