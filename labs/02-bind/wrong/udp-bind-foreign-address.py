# fails: is-bound
# Binds the address of another machine.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("192.0.2.1", 12345))
print("Bound to", sock.getsockname())
input("Press Enter to close the socket.")
