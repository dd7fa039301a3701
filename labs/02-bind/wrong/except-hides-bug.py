# fails: address-taken
# Passes over the error of bind.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    sock.bind(("127.0.0.1", 12345))
except OSError:
    pass
print("Bound to 127.0.0.1:12345")
input("Press Enter to close the socket.")
