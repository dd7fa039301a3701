# fails: is-bound
# Binds another machine's address, and passes over the error.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    sock.bind(("192.0.2.1", 12345))
except OSError:
    pass
print("UDP server is up and listening on port 12345")
while True:
    data, client = sock.recvfrom(1024)
    print(f"Message from {client}: {data.decode()}")
    sock.sendto(b"Server acknowledges: " + data, client)
