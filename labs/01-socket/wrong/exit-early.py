# fails: creates-a-datagram-socket
# Has no reason to wait, and ends.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("Socket created:", sock)
