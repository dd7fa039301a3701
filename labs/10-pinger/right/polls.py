# Never blocks, and looks every few milliseconds. Rests a little after each answer.
import socket
import time

server = ("127.0.0.1", 12000)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setblocking(False)
answered = []
for n in range(1, 11):
    text = b"PING %03d" % n
    begin = time.perf_counter()
    sock.sendto(text, server)
    rtt = None
    while rtt is None and time.perf_counter() - begin < 1:
        try:
            data, who = sock.recvfrom(2048)
            if who == server and data == text:
                rtt = time.perf_counter() - begin
        except BlockingIOError:
            time.sleep(0.004)
    if rtt is None:
        print("lost", n)
    else:
        print("ping", n, "took", round(rtt, 4), "seconds")
        answered.append(rtt)
        time.sleep(0.05)
percent = 100 - 10 * len(answered)
print(percent, "% loss")
if answered:
    print("least", round(min(answered), 4), "average", round(sum(answered) / len(answered), 4), "most", round(max(answered), 4))
