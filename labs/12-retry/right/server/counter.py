# A dictionary of answers, which keeps the order in which they came.
import socket
import struct

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12012))
print("listening on 127.0.0.1:12012")

counter = 0
answers = {}

while True:
    data, sender = sock.recvfrom(1024)
    if len(data) != 16:
        continue
    client, number, operation, amount = struct.unpack("!IIIi", data)
    if operation not in (1, 2):
        continue
    key = (client, number)
    if key not in answers:
        status = 128
        if operation == 1:
            if -2**31 <= counter + amount < 2**31:
                counter += amount
            else:
                status = 129
        answers[key] = struct.pack("!IIIi", client, number, status, counter)
        if len(answers) > 1000:
            del answers[next(iter(answers))]
    sock.sendto(answers[key], sender)
