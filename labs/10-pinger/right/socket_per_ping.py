# A new socket for each ping, connected: what is late finds nobody, and the kernel keeps strangers out.
import socket
import time

times = []
for number in range(10):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", 12000))
        sock.settimeout(1)
        start = time.perf_counter()
        try:
            sock.send(f"{number}".encode())
            sock.recv(65535)
        except TimeoutError:
            print(f"{number}: lost")
            continue
        except ConnectionRefusedError:
            print(f"{number}: nobody is there")
            time.sleep(0.01)
            continue
        took = (time.perf_counter() - start) * 1000
        times.append(took)
        print(f"{number}: {took:.1f} ms")

print(f"loss {10 * (10 - len(times))}%")
if times:
    print(f"{min(times):.1f} / {sum(times) / len(times):.1f} / {max(times):.1f} ms")
