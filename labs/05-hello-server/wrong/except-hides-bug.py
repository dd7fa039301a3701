# fails: answers, likelier: udp-never-replies
# Passes over every error, also that of sendto, which wants bytes.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
while True:
    try:
        data, client = sock.recvfrom(1024)
        print(f"Message from {client}: {data.decode()}")
        sock.sendto("Hello, Client!", client)
    except Exception:
        pass
