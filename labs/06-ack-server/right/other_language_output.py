# Speaks German to its user. Only the answer on the wire has words of its own.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("Der UDP-Server läuft und lauscht auf 127.0.0.1, Anschluss 12345.")

while True:
    daten, (adresse, anschluss) = server.recvfrom(1024)
    print(f"Nachricht von {adresse}, Anschluss {anschluss}: »{daten.decode()}«")
    server.sendto("Server acknowledges: ".encode() + daten, (adresse, anschluss))
