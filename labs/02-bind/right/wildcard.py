# Binds every address of the machine; 127.0.0.1 is one of them. A traceback is its error message.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 12345))
input("bound to 0.0.0.0:12345, press Enter")
server.close()
