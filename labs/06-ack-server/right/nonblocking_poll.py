# Never waits in the kernel for a datagram: it tries, and sleeps for 10 ms when there is none.
import socket
import time

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.setblocking(False)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345")

while True:
    try:
        message, (host, port) = server.recvfrom(1024)
    except BlockingIOError:
        time.sleep(0.01)
        continue
    print(f"Message from {host}:{port}: '{message.decode()}'")
    server.sendto(b"Server acknowledges: " + message, (host, port))
