# Does not wait in a receive: it tries, and sleeps for 10 ms when nothing has come.
import socket
import time

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
server.setblocking(False)

received = None
while received is None:
    try:
        received = server.recvfrom(1024)
    except BlockingIOError:
        time.sleep(0.01)

message, address = received
print("Nachricht:", message.decode())
print("Absender: Adresse {}, Anschluss {}".format(*address))
