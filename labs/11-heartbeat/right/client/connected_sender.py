# Connected, and bound to every address; a refusal is printed, and that is all.
import itertools
import socket
import sys
import threading
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", 0))
sock.connect(("127.0.0.1", 12011))
due = time.monotonic()
never = threading.Event()
for number in itertools.count(1):
    try:
        sock.send(b"%s %d" % (sys.argv[1].encode(), number))
    except ConnectionRefusedError as error:
        print("heartbeat lost:", error, file=sys.stderr)
    if sys.argv[2:] and number >= int(sys.argv[2]):
        break
    due += 0.1
    never.wait(max(0, due - time.monotonic()))
