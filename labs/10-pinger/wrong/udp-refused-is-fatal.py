# fails: closed-port
# Connects, so that the kernel tells it when nobody is there; and does not expect that.
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect(("127.0.0.1", 12000))
rtts = []
for number in range(1, 11):
    message = f"Ping {number}".encode()
    sent = time.monotonic()
    sock.send(message)
    while True:
        sock.settimeout(max(sent + 1 - time.monotonic(), 0.0001))
        try:
            data = sock.recv(1024)
        except socket.timeout:
            print("Request timed out")
            break
        if data.upper() == message.upper():
            rtts.append(time.monotonic() - sent)
            print("RTT:", rtts[-1])
            break
print(f"loss: {(10 - len(rtts)) * 10}%")
if rtts:
    print(f"min {min(rtts)}, max {max(rtts)}, avg {sum(rtts) / len(rtts)}")
