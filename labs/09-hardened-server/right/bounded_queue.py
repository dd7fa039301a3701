# One thread receives, another answers, and between them is a queue that may hold a hundred messages:
# what is more waits in the kernel. The last twenty are kept for whoever asks.
import collections
import queue
import socket
import threading

PREFIX, ERROR = b"Server acknowledges: ", b"Error: "

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345", flush=True)

waiting = queue.Queue(maxsize=100)
recent = collections.deque(maxlen=20)


def answer():
    while True:
        message, client = waiting.get()
        recent.append((message, client))
        print(f"Message from {client[0]}:{client[1]}: {ascii(message)}", flush=True)
        if message.startswith(PREFIX) or message.startswith(ERROR):
            continue
        too_long = len(message) > 1024
        server.sendto(ERROR + b"message longer than 1024 bytes" if too_long else PREFIX + message, client)


threading.Thread(target=answer, daemon=True).start()
while True:
    waiting.put(server.recvfrom(1025))
