# Speaks Japanese to its user, and prints no ASCII character but the line end.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("ソケットを作りました。エンターを押してください")
input()
s.close()
