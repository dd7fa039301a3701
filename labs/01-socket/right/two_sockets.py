# Owns one socket for each family, and a pair of its own besides. One of them is the right one.
import socket

left, right = socket.socketpair()
sockets = [
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    left,
    right,
]
for each in sockets:
    print(each.family.name, each.type.name)
input()
for each in sockets:
    each.close()
