# fails: prints-the-message
# Writes a table, and takes each word of the message for a column.
import csv
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12345))
print("waiting for one datagram")
data, (host, port) = sock.recvfrom(1024)
csv.writer(sys.stdout).writerow([host, port] + data.decode().split())
sock.close()
