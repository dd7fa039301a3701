# fails: fetches
# Sends its ACKs to the address at the top of the file.
import socket
import sys

SERVER = ("127.0.0.1", 6969)

if sys.argv[1] != "get":
    sys.exit("can only get")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
name, path = sys.argv[2], sys.argv[3]
sock.sendto(b"\0\1" + name.encode() + b"\0octet\0", SERVER)
content = b""
while True:
    data, _ = sock.recvfrom(516)
    content += data[4:]
    sock.sendto(b"\0\4" + data[2:4], SERVER)
    if len(data) < 516:
        break
with open(path, "wb") as file:
    file.write(content)
