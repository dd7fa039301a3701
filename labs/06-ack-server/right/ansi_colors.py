# Stamps each line with the time and colours it, so that escape codes stand between host and port.
import socket
from datetime import datetime

GREEN, YELLOW, BOLD, PLAIN = "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[0m"


def paint(host, port):
    return f"{GREEN}{host}{PLAIN}:{YELLOW}{port}{PLAIN}"


def log(text):
    print(f"{datetime.now():%H:%M:%S.%f} {text}")


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
log(f"listening on {paint('127.0.0.1', 12345)}")

while True:
    message, client = server.recvfrom(1024)
    log(f"{paint(*client)} {BOLD}{message.decode()}{PLAIN}")
    server.sendto(b"Server acknowledges: " + message, client)
