# fails: closes-and-exits
# Takes sys.exit for a way to say goodbye: with a text it means status 1.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("Socket created.")
input("Press Enter to close it.")
sock.close()
sys.exit("Socket closed.")
