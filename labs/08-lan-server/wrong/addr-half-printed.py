# fails: prints-each-message
# Prints the client's address and not its port.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("192.168.0.108", 4010))
print("Server is listening on port 4010")
while True:
    data, (host, port) = sock.recvfrom(1024)
    print(f"Message from {host}: {data.decode()}")
    sock.sendto(b"Message received", (host, port))
