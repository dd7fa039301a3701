# fails: prints-the-response
# Closes the socket when it has sent, and then receives with it.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
message = input("Enter a message to send to the server: ")
print(f"Sending '{message}' to 127.0.0.1:12345")
try:
    sock.sendto(message.encode(), ("127.0.0.1", 12345))
finally:
    sock.close()
data, server = sock.recvfrom(1024)
print(f"Response from server {server}: {data.decode(errors='replace')}")
