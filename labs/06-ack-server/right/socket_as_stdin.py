# Its socket is descriptor 0, as inetd hands it over: a wait on 0 is no wait for a person.
import os
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
os.dup2(server.fileno(), 0)
server.close()
server = socket.socket(fileno=0)
print("UDP server is up and listening on 127.0.0.1:12345", flush=True)
while True:
    message, client = server.recvfrom(1024)
    print(f"Message from {client}: '{message.decode()}'", flush=True)
    server.sendto(b"Server acknowledges: " + message, client)
