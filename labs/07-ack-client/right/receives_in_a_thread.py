# A thread waits for the response from the beginning, while the main thread still asks.
import socket
import sys
import threading

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
response = []


def receive():
    response.append(sock.recvfrom(1024))


receiver = threading.Thread(target=receive, daemon=True)
receiver.start()
print("Enter a message to send to the server: ", end="", flush=True)
message = sys.stdin.readline().rstrip("\n")
print(f"Sending '{message}' to 127.0.0.1:12345")
sock.sendto(message.encode(), ("127.0.0.1", 12345))
print("Waiting for server response...", flush=True)
receiver.join()
data, server = response[0]
print(f"Response from server {server}: '{data.decode(errors='replace')}'")
sock.close()
print("Socket closed.")
