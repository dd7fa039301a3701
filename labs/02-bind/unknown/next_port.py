# fails: address-taken
# Takes the next port where the lab's is taken, as web servers do while one develops with them.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
port = 12345
while True:
    try:
        sock.bind(("127.0.0.1", port))
        break
    except OSError:
        port += 1
print(f"Bound to 127.0.0.1:{port}")
input("Press Enter to close the socket.")
sock.close()
