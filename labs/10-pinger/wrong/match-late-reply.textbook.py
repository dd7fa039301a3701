# fails: late
# The textbook's client with figures: the next datagram is the answer.
import time
from socket import *

clientSocket = socket(AF_INET, SOCK_DGRAM)
clientSocket.settimeout(1)
rtts = []
for sequence_number in range(1, 11):
    message = "Ping " + str(sequence_number) + " " + str(time.time())
    start = time.time()
    clientSocket.sendto(message.encode(), ("127.0.0.1", 12000))
    try:
        reply, address = clientSocket.recvfrom(1024)
        rtt = time.time() - start
        rtts.append(rtt)
        print(reply.decode(), "RTT:", rtt)
    except timeout:
        print("Request timed out")
print("Packet loss:", (10 - len(rtts)) * 10, "%")
if rtts:
    print("min", min(rtts), "avg", sum(rtts) / len(rtts), "max", max(rtts))
clientSocket.close()
