# The server as a tutorial prints it. It closes nothing, and Ctrl-C ends it with a traceback:
# the system closes the socket of a program that ends, however it ends.
import socket

SERVER_IP = "127.0.0.1"
SERVER_PORT = 12345

server_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server_socket.bind((SERVER_IP, SERVER_PORT))
print(f"UDP server is up and listening on {SERVER_IP}:{SERVER_PORT}")

while True:
    data, client_address = server_socket.recvfrom(1024)
    message = data.decode()
    print(f"Message from {client_address}: {message}")
    response = "Server acknowledges: " + message
    server_socket.sendto(response.encode(), client_address)
