# A launcher: the process that it starts owns the socket, reads the terminal and decides the status.
import subprocess
import sys

PROGRAM = """
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    server.bind(("127.0.0.1", 12345))
except OSError as error:
    sys.exit(f"cannot bind: {error}")
print("bound to", server.getsockname())
sys.stdin.readline()
"""

sys.exit(subprocess.call([sys.executable, "-c", PROGRAM]))
