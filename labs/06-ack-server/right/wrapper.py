# A launcher, as npm or cargo is one: another process, started by this one, owns the socket.
import subprocess
import sys

SERVER = """
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345")
while True:
    message, client = server.recvfrom(1024)
    print("Message from", client, message.decode())
    server.sendto(b"Server acknowledges: " + message, client)
"""

sys.exit(subprocess.call([sys.executable, "-c", SERVER]))
