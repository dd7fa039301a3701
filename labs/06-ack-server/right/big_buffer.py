# Receives into one buffer of 65535 bytes, made once. No 1024 is needed to be right.
import socket

buffer = bytearray(65535)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("localhost", 12345))
    print("UDP server is up and listening on localhost:12345")
    while True:
        length, client = server.recvfrom_into(buffer)
        message = bytes(buffer[:length])
        print(f"{length} bytes from {client}: {message.decode()}")
        server.sendto(b"Server acknowledges: " + message, client)
