# A socket for each interface, as a name server has them: the one that received is the one that
# answers. Only one of the two is asked here.
import selectors
import socket

sockets = selectors.DefaultSelector()
for host in ["127.0.0.1", "192.168.0.108"]:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((host, 4010))
    sockets.register(server, selectors.EVENT_READ)
    print(f"Server is listening on {host}:4010")

while True:
    for ready, _ in sockets.select():
        message, client = ready.fileobj.recvfrom(1024)
        print(f"{client} to {ready.fileobj.getsockname()}: {message.decode()}")
        ready.fileobj.sendto(b"Message received", client)
