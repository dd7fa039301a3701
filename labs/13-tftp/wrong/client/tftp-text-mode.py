# fails: fetches
# Decodes what comes, and writes text.
import socket
import sys

if sys.argv[1] != "get":
    sys.exit("can only get")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
sock.sendto(b"\0\1" + sys.argv[2].encode() + b"\0octet\0", ("127.0.0.1", 6969))
with open(sys.argv[3], "w", encoding="utf-8") as file:
    while True:
        data, partner = sock.recvfrom(516)
        file.write(data[4:].decode(errors="replace"))
        sock.sendto(b"\0\4" + data[2:4], partner)
        if len(data) < 516:
            break
