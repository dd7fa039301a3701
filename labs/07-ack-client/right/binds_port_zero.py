# Binds, to port 0, which the first sendto would do by itself; and speaks German to its user.
import socket

dienst = ("127.0.0.1", 12345)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sockel:
    sockel.bind(("127.0.0.1", 0))
    try:
        text = input("Nachricht an den Server: ")
        print(f"Sende »{text}« an {dienst[0]}, Anschluss {dienst[1]}")
        sockel.sendto(text.encode(), dienst)
        antwort, (adresse, anschluss) = sockel.recvfrom(1024)
        print(f"Antwort von {adresse}, Anschluss {anschluss}: »{antwort.decode()}«")
    except (OSError, UnicodeError) as fehler:
        print("Fehler:", fehler)
