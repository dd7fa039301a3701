# A child process receives; its parent prints.
import multiprocessing
import socket


def receive(queue):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 12345))
        queue.put(sock.recvfrom(1024))


if __name__ == "__main__":
    queue = multiprocessing.Queue()
    child = multiprocessing.Process(target=receive, args=(queue,))
    child.start()
    message, sender = queue.get()
    child.join()
    print(f"{message.decode()} from {sender}")
