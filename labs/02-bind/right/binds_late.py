# Speaks German, and binds half a second after its first line. Its error is a line on stdout.
import socket
import sys
import time

print("Einen Augenblick ...")
time.sleep(0.5)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sockel:
    try:
        sockel.bind(("127.0.0.1", 12345))
    except OSError as fehler:
        print("Die Adresse ist nicht zu haben:", fehler.strerror)
        sys.exit(2)
    input("Gebunden an 127.0.0.1, Anschluss 12345. Weiter mit der Eingabetaste.")
