# The client as a tutorial prints it: whatever goes wrong, it says so, closes and exits with 0.
# With stdin and stdout on a terminal, Python writes the prompt of input() to stderr.
import socket

SERVER_IP = "127.0.0.1"
SERVER_PORT = 12345

client_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

try:
    message = input("Enter a message to send to the server: ")
    print(f"Sending '{message}' to {SERVER_IP}:{SERVER_PORT}")
    client_socket.sendto(message.encode(), (SERVER_IP, SERVER_PORT))

    print("Waiting for server response...")
    data, server_address = client_socket.recvfrom(1024)
    print(f"Response from server {server_address}: {data.decode()}")
except Exception as e:
    print(f"An error occurred: {e}")
finally:
    client_socket.close()
    print("Socket closed.")
