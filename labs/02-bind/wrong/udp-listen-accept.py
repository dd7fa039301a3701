# fails: is-bound
# Listens, as the tutorial for TCP does.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
sock.listen(1)
print("Bound to 127.0.0.1:12345")
input("Press Enter to close the socket.")
