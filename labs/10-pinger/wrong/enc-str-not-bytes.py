# fails: ten-pings
# Sends text: sockets carry bytes.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
for i in range(1, 11):
    sock.sendto("Ping %d" % i, ("127.0.0.1", 12000))
    try:
        data, server = sock.recvfrom(1024)
        print(data.decode())
    except socket.timeout:
        print("Request timed out")
