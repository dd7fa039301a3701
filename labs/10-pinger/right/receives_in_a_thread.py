# A thread receives all the time, and the main one waits for it to find the answer.
import socket
import threading
import time

SERVER = ("127.0.0.1", 12000)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
waiting = {}
lock = threading.Lock()


def receive():
    while True:
        data, sender = sock.recvfrom(65535)
        came = time.monotonic()
        with lock:
            entry = waiting.pop(data.upper(), None) if sender == SERVER else None
        if entry:
            entry["rtt"] = came - entry["sent"]
            entry["done"].set()


threading.Thread(target=receive, daemon=True).start()
rtts = []
for number in range(1, 11):
    ping = f"ping #{number}".encode()
    entry = {"sent": time.monotonic(), "done": threading.Event()}
    with lock:
        waiting[ping.upper()] = entry
    sock.sendto(ping, SERVER)
    if entry["done"].wait(1):
        rtts.append(entry["rtt"])
        print(f"#{number} {entry['rtt'] * 1e6:.0f} us")
    else:
        with lock:
            waiting.pop(ping.upper(), None)
        print(f"#{number} timeout")

print(f"{len(rtts)}/10 answered, {(10 - len(rtts)) / 10:.0%} lost")
if rtts:
    print(f"min {min(rtts):.6f} avg {sum(rtts) / len(rtts):.6f} max {max(rtts):.6f}")
