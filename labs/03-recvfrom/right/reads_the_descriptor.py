# Peeks for the sender, then reads the descriptor as if it were a file.
import os
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
_, (host, port) = sock.recvfrom(0, socket.MSG_PEEK)
message = os.read(sock.fileno(), 1024)
os.write(1, b"%s from %s port %d\n" % (message, host.encode(), port))
os.close(sock.detach())
