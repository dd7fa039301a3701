# As a student would write it: one socket, and the time that is left of each second.
import socket
import time

SERVER = ("127.0.0.1", 12000)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
rtts = []

for number in range(1, 11):
    message = f"Ping {number} {time.time()}".encode()
    sent = time.monotonic()
    sock.sendto(message, SERVER)
    while True:
        left = sent + 1 - time.monotonic()
        if left <= 0:
            print("Request timed out")
            break
        sock.settimeout(left)
        try:
            data, sender = sock.recvfrom(1024)
        except socket.timeout:
            print("Request timed out")
            break
        if sender == SERVER and data.upper() == message.upper():
            rtt = time.monotonic() - sent
            rtts.append(rtt)
            print("Reply from", sender, ":", data.decode(), "RTT:", rtt)
            break

print(f"Packet loss: {(10 - len(rtts)) / 10 * 100}%")
if rtts:
    print("min/avg/max:", min(rtts), sum(rtts) / len(rtts), max(rtts))
sock.close()
