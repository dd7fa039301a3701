# A thread reads the terminal; the main thread holds the socket and waits for the thread.
import socket
import threading

pressed = threading.Event()


def read_terminal():
    input("Press Enter. ")
    pressed.set()


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as datagrams:
    threading.Thread(target=read_terminal).start()
    print("This is file", datagrams.fileno())
    pressed.wait()
