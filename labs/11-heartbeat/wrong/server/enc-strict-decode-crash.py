# fails: garbage
# Decodes first, and looks afterwards.
import re
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12011))
sock.settimeout(0.05)

start = time.monotonic()
senders = {}


def report(text):
    print(f"[{time.monotonic() - start:7.3f}] {text}", flush=True)


report("waiting for heartbeats")
while True:
    message = b""
    try:
        message, address = sock.recvfrom(2048)
    except socket.timeout:
        pass
    now = time.monotonic()

    name, number = "", 0
    if message:
        match = re.fullmatch(r"(\w{1,16}) ([0-9]{1,10})", message.decode())
        if match:
            name, number = match[1], int(match[2])
    if 1 <= number <= 4294967295:
        if name not in senders:
            if len(senders) < 100:
                senders[name] = {"high": number, "heard": now, "dead": False, "waiting": {}, "gone": set()}
                report("alive " + name)
        else:
            s = senders[name]
            if number in s["waiting"]:
                del s["waiting"][number]
            elif number in s["gone"]:
                s["gone"].remove(number)
                report(f"late {name} {number}")
            else:
                new = s["high"] < number <= s["high"] + 100
                old = s["high"] - 10 <= number <= s["high"]
                if new:
                    for n in range(s["high"] + 1, number):
                        s["waiting"][n] = now
                if new or not old or s["dead"]:
                    if not new:
                        report("restarted " + name)
                        s["waiting"].clear()
                        s["gone"].clear()
                    if s["dead"]:
                        report("alive " + name)
                    s["high"], s["heard"], s["dead"] = number, now, False

    for name, s in senders.items():
        for n, since in list(s["waiting"].items()):
            if now - since >= 0.2:
                report(f"missing {name} {n}")
                del s["waiting"][n]
                s["gone"].add(n)
        s["gone"] = {n for n in s["gone"] if n >= s["high"] - 100}
        if not s["dead"] and now - s["heard"] >= 0.3:
            report("dead " + name)
            s["dead"] = True
