# Receives in a loop and drops what others send, within one deadline for all of it.
import socket
import time

SERVER = ("127.0.0.1", 12345)
deadline_s = 10

message = input("Message: ")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    print("Sending", repr(message), "to", SERVER)
    client.sendto(message.encode(), SERVER)
    end = time.monotonic() + deadline_s
    try:
        while True:
            client.settimeout(max(end - time.monotonic(), 0.001))
            answer, sender = client.recvfrom(65535)
            if sender == SERVER:
                break
        print(f"{sender} answers: {answer.decode(errors='replace')}")
    except OSError as error:
        print(f"An error occurred: {error}")
