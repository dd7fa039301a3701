# fails: waits-for-the-answer
# Sends, and closes the socket before the answer can come.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sent = sock.sendto(b"Hello, Server!", ("127.0.0.1", 12345))
    print("Sent", sent, "bytes")
