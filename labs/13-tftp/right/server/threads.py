# A server as a beginner writes it: a thread for each request, and one function that sends a packet
# until its answer comes.
import os
import socket
import struct
import sys
import threading
import time

FOLDER = os.path.realpath(sys.argv[1] if len(sys.argv) > 1 else ".")


class Stop(Exception):
    pass


def exchange(sock, client, packet, is_answer, is_repeated):
    """Sends a packet until the answer comes, and returns that."""
    for attempt in range(6):
        sock.sendto(packet, client)
        until = time.monotonic() + 0.3 * (attempt + 1)
        while (left := until - time.monotonic()) > 0:
            sock.settimeout(left)
            try:
                data, sender = sock.recvfrom(65536)
            except socket.timeout:
                break
            if sender != client:
                if data[:2] != b"\0\5":
                    sock.sendto(struct.pack("!HH", 5, 5) + b"unknown transfer\0", sender)
            elif data[:2] == b"\0\5":
                raise Stop("the client has given up")
            elif is_answer(data):
                return data
            elif is_repeated(data):
                sock.sendto(packet, client)
    raise Stop("no answer")


def send_file(sock, client, path):
    with open(path, "rb") as file:
        number = 0
        while True:
            number = (number + 1) & 0xFFFF
            block = file.read(512)
            ack = struct.pack("!HH", 4, number)
            packet = struct.pack("!HH", 3, number) + block
            exchange(sock, client, packet, lambda data: data == ack, lambda data: False)
            if len(block) < 512:
                return


def take_file(sock, client, path):
    part = f"{path}.{sock.getsockname()[1]}.part"
    try:
        with open(part, "wb") as file:
            number = 0
            ack = struct.pack("!HH", 4, number)
            while True:
                wanted = struct.pack("!HH", 3, (number + 1) & 0xFFFF)
                before = struct.pack("!HH", 3, number)
                data = exchange(sock, client, ack, lambda data: data[:4] == wanted,
                                lambda data: data[:4] == before)
                file.write(data[4:])
                number = (number + 1) & 0xFFFF
                ack = struct.pack("!HH", 4, number)
                if len(data) < 516:
                    break
        os.rename(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)
    # The last ACK may be lost.
    sock.sendto(ack, client)
    sock.settimeout(1)
    try:
        while True:
            data, sender = sock.recvfrom(65536)
            if sender == client and data[:4] == b"\0\3" + ack[2:]:
                sock.sendto(ack, client)
    except socket.timeout:
        pass


def serve(request, client):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def refuse(code, text):
            sock.sendto(struct.pack("!HH", 5, code) + text.encode() + b"\0", client)

        parts = request[2:].split(b"\0")
        if len(parts) < 3 or request[1] not in (1, 2):
            return refuse(4, "that is no request")
        name, mode = os.fsdecode(parts[0]), parts[1].lower()
        path = os.path.realpath(os.path.join(FOLDER, name))
        if mode != b"octet":
            return refuse(0, "only octet")
        if os.path.isabs(name) or os.path.commonpath([FOLDER, path]) != FOLDER or path == FOLDER:
            return refuse(2, "outside")
        try:
            if request[1] == 1:
                send_file(sock, client, path)
            else:
                take_file(sock, client, path)
        except FileNotFoundError:
            refuse(1, "no such file")
        except OSError as error:
            refuse(0, str(error))
        except Stop as why:
            print(client, why, flush=True)


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 6969))
print("serving", FOLDER, flush=True)
while True:
    data, sender = server.recvfrom(65536)
    if len(data) > 2 and data[0] == 0 and data[1] != 5:
        threading.Thread(target=serve, args=(data, sender), daemon=True).start()
