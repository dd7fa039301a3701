# Logs to stderr, in German, and waits for Enter in select, a tenth of a second at a time.
import logging
import select
import socket
import sys

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM):
    logging.info("Sockel angelegt; die Eingabetaste schließt ihn.")
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        pass
    sys.stdin.readline()
logging.info("Geschlossen.")
