# One thread receives, another one looks at the clock. Says what it says in capitals, and more besides.
import socket
import threading
import time

lock = threading.Lock()
senders = {}


class Sender:
    def __init__(self, name, number):
        self.name = name
        self.highest = number
        self.heard = time.monotonic()
        self.dead = False
        self.skipped = {}  # number -> when it was skipped, None once reported

    def say(self, what, number=""):
        print(f"{what.upper()}: sender {self.name} {number}".rstrip(), flush=True)

    def heartbeat(self, number):
        if number in self.skipped:
            if self.skipped.pop(number) is None:
                self.say("late", f"number {number}")
            return
        ahead = number - self.highest
        if 1 <= ahead <= 100:
            now = time.monotonic()
            self.skipped.update({n: now for n in range(self.highest + 1, number)})
        elif -10 <= ahead <= 0 and not self.dead:
            return
        else:
            self.say("restarted")
            self.skipped = {}
        if self.dead:
            self.say("alive")
        self.dead = False
        self.highest = number
        self.heard = time.monotonic()

    def tick(self):
        now = time.monotonic()
        for number, since in self.skipped.items():
            if since is not None and now - since >= 0.2:
                self.say("missing", f"number {number}")
                self.skipped[number] = None
        self.skipped = {n: s for n, s in self.skipped.items() if s or n > self.highest - 101}
        if not self.dead and now - self.heard >= 0.3:
            self.say("dead")
            self.dead = True


def watch():
    while True:
        time.sleep(0.01)
        with lock:
            for sender in senders.values():
                sender.tick()


def parse(data):
    parts = data.split(b" ")
    if len(parts) != 2 or not parts[0].isalnum() or not parts[1].isdigit() or len(parts[0]) > 16:
        return None
    if len(parts[1]) > 10 or not 0 < int(parts[1]) < 2**32:
        return None
    return parts[0].decode("ascii"), int(parts[1])


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", 12011))
threading.Thread(target=watch, daemon=True).start()
print("up and running", flush=True)
while True:
    heartbeat = parse(server.recv(4096))
    if heartbeat is None:
        print("(that was none)", flush=True)
        continue
    name, number = heartbeat
    with lock:
        if name in senders:
            senders[name].heartbeat(number)
        elif len(senders) < 100:
            senders[name] = Sender(name, number)
            senders[name].say("alive")
