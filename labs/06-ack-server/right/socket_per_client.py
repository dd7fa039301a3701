# The first datagram of a client comes to the open socket; from then on the client has a socket of
# its own, bound to the same port and connected to it, as servers of QUIC do.
import select
import socket


def bound():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 12345))
    return sock


door = bound()
print("UDP server is up and listening on 127.0.0.1:12345", flush=True)
clients = {}
while True:
    ready, _, _ = select.select([door, *clients.values()], [], [])
    for sock in ready:
        message, client = sock.recvfrom(1024)
        print(f"Message from {client}: '{message.decode()}'", flush=True)
        if client not in clients:
            clients[client] = bound()
            clients[client].connect(client)
        clients[client].send(b"Server acknowledges: " + message)
