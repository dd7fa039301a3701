# A daemon thread serves; the main thread waits for a lock and never touches the socket.
import socket
import threading


def serve():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 12345))
    while True:
        message, (host, port) = server.recvfrom(1024)
        print(f"{host} {port} {message.decode()}")
        server.sendto(b"Hello, Client!", (host, port))


threading.Thread(target=serve, daemon=True).start()
threading.Event().wait()
