# fails: is-bound
# Serves over TCP, where there is a connection to establish.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.bind(("192.168.0.108", 4010))
sock.listen()
print("Server is listening on port 4010")
while True:
    connection, client = sock.accept()
    data = connection.recv(1024)
    print(f"Message from {client}: {data.decode()}")
    connection.sendall(b"Message received")
