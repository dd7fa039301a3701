# Looks up from its receive ten times a second, so that Ctrl-C also works on Windows.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
server.settimeout(0.1)
print("UDP server is up and listening on 127.0.0.1:12345")

try:
    while True:
        try:
            message, client = server.recvfrom(1024)
        except socket.timeout:
            continue
        print(f"Message from {client[0]}:{client[1]}: '{message.decode()}'")
        server.sendto(b"Server acknowledges: " + message, client)
except KeyboardInterrupt:
    print("Stopped.")
finally:
    server.close()
