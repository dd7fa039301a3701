# fails: not-text
# Decodes whatever the server sends.
import socket
import time

SERVER = ("127.0.0.1", 12000)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
rtts = []
for number in range(1, 11):
    message = f"Ping {number}"
    sent = time.monotonic()
    sock.sendto(message.encode(), SERVER)
    while True:
        sock.settimeout(max(sent + 1 - time.monotonic(), 0.0001))
        try:
            data, sender = sock.recvfrom(1024)
        except socket.timeout:
            print("Request timed out")
            break
        if sender == SERVER and data.decode().upper() == message.upper():
            rtts.append(time.monotonic() - sent)
            print("RTT:", rtts[-1])
            break
print(f"loss: {(10 - len(rtts)) * 10}%")
if rtts:
    print(f"min {min(rtts)}, max {max(rtts)}, avg {sum(rtts) / len(rtts)}")
