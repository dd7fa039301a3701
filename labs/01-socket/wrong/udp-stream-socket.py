# fails: creates-a-datagram-socket
# Names no type: Python then makes a TCP socket.
import socket

sock = socket.socket()
print("Socket created.")
input("Press Enter to close it.")
sock.close()
