# Binds every address of the host: what is sent to 192.168.0.108 arrives, and so does what is sent
# to 127.0.0.1. It does not even say which addresses it has.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", 4010))
print("Server is listening on port 4010")

while True:
    message, (host, port) = server.recvfrom(1024)
    print(f"{message.decode()!r} from port {port} of {host}")
    server.sendto(b"Message received", (host, port))
