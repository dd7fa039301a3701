# Looks how long the datagram is (MSG_PEEK, MSG_TRUNC) before it takes it, so it receives twice.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))

length = server.recv_into(bytearray(1), 1, socket.MSG_PEEK | socket.MSG_TRUNC)
message, (host, port) = server.recvfrom(length)
print(f"{length} bytes, {host}:{port}\n{message.decode()}")
server.close()
