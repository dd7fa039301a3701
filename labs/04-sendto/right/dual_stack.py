# An IPv6 socket that speaks IPv4: the server is ::ffff:127.0.0.1.
import socket

with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.sendto(b"Hello, Server!", ("::ffff:127.0.0.1", 12345))
    answer, sender = sock.recvfrom(1024)
    print(f"{answer.decode()} from {sender[0]} port {sender[1]}")
