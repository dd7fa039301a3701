# A thread waits for the answer before anything is sent; the main thread reads the terminal.
import socket
import threading

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind(("", 0))


def receive():
    answer, sender = client.recvfrom(1024)
    print(f"{sender}: {answer.decode('utf-8', 'backslashreplace')}")


reader = threading.Thread(target=receive, daemon=True)
reader.start()

message = input("Enter a message: ")
print(f"-> 127.0.0.1:12345: {message}")
client.sendto(message.encode(), ("127.0.0.1", 12345))
reader.join()
