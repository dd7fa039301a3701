# fails: survives-trouble
# Ends without a word when the answer is not UTF-8.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
message = input("Enter a message to send to the server: ")
print(f"Sending '{message}' to 127.0.0.1:12345")
try:
    sock.sendto(message.encode(), ("127.0.0.1", 12345))
    data, server = sock.recvfrom(1024)
    print(f"Response from server {server}: {data.decode()}")
except Exception:
    pass
finally:
    sock.close()
