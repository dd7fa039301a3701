# fails: is-bound, likelier: udp-no-socket
# Keeps the socket in a function's variable: it is closed when the function returns.
import socket


def bind_socket():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 12345))


bind_socket()
print("Bound to 127.0.0.1:12345")
input("Press Enter to close the socket.")
