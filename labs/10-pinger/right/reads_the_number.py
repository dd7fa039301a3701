# Does not compare the answer but reads its number, counts from 0, sends JSON, and speaks German.
import json
import socket
import sys
import time

ziel = ("127.0.0.1", 12000)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
zeiten = {}


def nummer(daten):
    try:
        return json.loads(daten.lower())["nr"]
    except (ValueError, KeyError, TypeError):
        return None


for nr in range(10):
    s.sendto(json.dumps({"nr": nr, "art": "Ping"}).encode(), ziel)
    start = time.monotonic_ns()
    ende = start + 10**9
    while nr not in zeiten and (rest := ende - time.monotonic_ns()) > 0:
        s.settimeout(rest / 1e9)
        try:
            daten, wer = s.recvfrom(65535)
        except socket.timeout:
            break
        if wer == ziel and nummer(daten) == nr:
            zeiten[nr] = time.monotonic_ns() - start
    if nr in zeiten:
        print(f"Nr. {nr}: {zeiten[nr] / 1e6:.2f} Millisekunden", file=sys.stderr)
    else:
        print(f"Nr. {nr}: keine Antwort", file=sys.stderr)

print(f"Verlust: {100 - 10 * len(zeiten)} Prozent", file=sys.stderr)
if zeiten:
    werte = zeiten.values()
    print("kürzeste", min(werte), "ns, mittlere", sum(werte) // len(werte), "ns, längste", max(werte), "ns", file=sys.stderr)
