# fails: one-dies
# A time-out of the socket means that everybody is dead: it is nobody's while somebody sends.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12011))
sock.settimeout(0.3)
alive = set()
while True:
    try:
        data, address = sock.recvfrom(1024)
        name = data.decode().split()[0]
        if name not in alive:
            print("alive", name, flush=True)
            alive.add(name)
    except socket.timeout:
        for name in sorted(alive):
            print("dead", name, flush=True)
        alive.clear()
