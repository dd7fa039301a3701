# fails: survives-trouble
# Trusts that every answer is UTF-8.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
message = input("Enter a message to send to the server: ")
print(f"Sending '{message}' to 127.0.0.1:12345")
sock.sendto(message.encode(), ("127.0.0.1", 12345))
data, server = sock.recvfrom(1024)
print(f"Response from server {server}: {data.decode()}")
sock.close()
