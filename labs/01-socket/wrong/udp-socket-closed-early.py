# fails: creates-a-datagram-socket, likelier: udp-no-socket
# Waits behind the with block, whose end has closed the socket.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    print("Socket created.")
input("Press Enter to close it.")
