# fails: is-bound
# Has read of htons; Python swaps the bytes itself.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", socket.htons(12345)))
print("Bound to 127.0.0.1:12345")
input("Press Enter to close the socket.")
