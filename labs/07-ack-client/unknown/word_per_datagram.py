# fails: sends-the-line
# Sends each word as it would put it into a list.
import socket

SERVER = ("127.0.0.1", 12345)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    line = input("Message: ")
    print(f"Sending '{line}' to {SERVER}")
    for word in line.split():
        client.sendto(word.encode(), SERVER)
    data, server = client.recvfrom(1024)
    print(f"Response from {server}: {data.decode(errors='replace')}")
