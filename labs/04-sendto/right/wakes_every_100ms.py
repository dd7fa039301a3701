# Waits a tenth of a second at a time and counts aloud; it sends only once.
import socket

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(0.1)
client.sendto("Hello, Server!".encode(), ("127.0.0.1", 12345))

answer = None
while answer is None:
    try:
        answer, (host, port) = client.recvfrom(1024)
    except socket.timeout:
        print(".", end="", flush=True)

print(f"\nAnswer of {host}, port {port}: {answer.decode()}")
client.close()
