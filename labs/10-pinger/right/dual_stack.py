# A socket of IPv6 at ::ffff:127.0.0.1. Prints what str makes of a fraction, so 8.9e-05 too; no percent sign.
import socket
import time

SERVER = ("::ffff:127.0.0.1", 12000)
rtts = []
with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    for seq in range(1, 11):
        ping = b"Ping %d %f" % (seq, time.time())
        start = time.perf_counter()
        end = start + 1
        s.sendto(ping, SERVER)
        rtt = None
        while (left := end - time.perf_counter()) > 0:
            s.settimeout(left)
            try:
                data, who = s.recvfrom(65535)
            except OSError:
                continue
            if who[:2] == SERVER and data.lower() == ping.lower():
                rtt = time.perf_counter() - start
                break
        if rtt is None:
            print(f"Ping {seq}: timed out", flush=True)
        else:
            rtts.append(rtt)
            print(f"Ping {seq}: {rtt} s", flush=True)
print("lost:", (10 - len(rtts)) * 100 / 10, "percent")
if rtts:
    print("min", min(rtts), "s")
    print("avg", sum(rtts) / len(rtts), "s")
    print("max", max(rtts), "s")
