# A thread for each host that writes, and a queue for each thread.
import queue
import socket
import threading

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("192.168.0.108", 4010))
print("Server is listening on 192.168.0.108:4010", flush=True)


def serve(datagrams):
    while True:
        message, client = datagrams.get()
        print(f"Message from client {client}: {message.decode()}", flush=True)
        server.sendto(b"Message received", client)


hosts = {}
while True:
    datagram = server.recvfrom(1024)
    host = datagram[1][0]
    if host not in hosts:
        hosts[host] = queue.SimpleQueue()
        threading.Thread(target=serve, args=[hosts[host]], daemon=True).start()
    hosts[host].put(datagram)
