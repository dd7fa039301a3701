# A thread for each datagram answers it. Answers to different clients may overtake each other.
import socket
import threading

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))


def answer(message, client):
    print(f"{threading.current_thread().name}: {message.decode()!r} from {client}")
    server.sendto(b"Hello, Client!", client)


while True:
    threading.Thread(target=answer, args=server.recvfrom(1024)).start()
