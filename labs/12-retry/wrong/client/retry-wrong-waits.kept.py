# fails: jitter
# Goes on with the wait of the operation before.
import queue
import random
import socket
import struct
import sys
import threading
import time


def hear(sock, box):
    while True:
        try:
            box.put(sock.recvfrom(2048))
        except OSError:
            return


wait = 0.1


def operation(client, number, what, amount=0):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", 0))
    box = queue.Queue()
    threading.Thread(target=hear, args=(sock, box), daemon=True).start()
    packet = client + struct.pack(">LLl", number, what, amount)
    global wait
    for _ in range(6):
        sock.sendto(packet, ("127.0.0.1", 12012))
        deadline = time.monotonic() + wait * (1 - random.random() / 2)
        while (left := deadline - time.monotonic()) > 0:
            try:
                data, sender = box.get(timeout=left)
            except queue.Empty:
                break
            if sender == ("127.0.0.1", 12012) and len(data) == 16 and data[:8] == packet[:8]:
                status, value = struct.unpack(">Ll", data[8:])
                if status == 128:
                    return value
                if status == 129:
                    raise SystemExit("the server refuses")
        wait = min(wait * 2, 0.4)
    raise SystemExit("gave up: no answer")


def main():
    me = random.SystemRandom().randbytes(4)
    args = sys.argv[1:]
    number = 1000
    while args:
        number -= 1
        if args[0] == "read":
            args = args[1:]
            now = operation(me, number, 2)
        else:
            now = operation(me, number, 1, int(args[1]))
            args = args[2:]
        print("counter:", now, flush=True)


main()
