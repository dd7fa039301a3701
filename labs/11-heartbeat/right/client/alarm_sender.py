# A timer of the kernel wakes it, and the handler of its signal sends.
import signal
import socket
import sys
import time

NAME, COUNT = sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else float("inf")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sent = 0
start = time.monotonic()


def due(*_):
    global sent
    while sent < COUNT and time.monotonic() >= start + sent * 0.1:
        sent += 1
        sock.sendto(bytes(f"{NAME} {sent}", "ascii"), ("127.0.0.1", 12011))


signal.signal(signal.SIGALRM, due)
due()
signal.setitimer(signal.ITIMER_REAL, 0.1, 0.01)
while sent < COUNT:
    signal.pause()
# It must not ring when nobody handles it any more.
signal.setitimer(signal.ITIMER_REAL, 0)
