# fails: address-taken
# Prints the error, and ends as if there had been none.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    sock.bind(("127.0.0.1", 12345))
    print("Bound to 127.0.0.1:12345")
    input("Press Enter to close the socket.")
except OSError as error:
    print("Error:", error)
finally:
    sock.close()
