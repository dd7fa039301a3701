# fails: any-bytes
# Refuses what is no text with an error of its own, politely and for no reason.
import socket

PREFIX, ERROR = b"Server acknowledges: ", b"Error: "

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345")

while True:
    message, client = server.recvfrom(1025)
    print(f"Message from {client}: {message!r}")
    if message.startswith((PREFIX, ERROR)):
        continue
    if len(message) > 1024:
        server.sendto(ERROR + b"message longer than 1024 bytes", client)
        continue
    try:
        message.decode()
    except UnicodeDecodeError as error:
        server.sendto(ERROR + str(error).encode(), client)
    else:
        server.sendto(PREFIX + message, client)
