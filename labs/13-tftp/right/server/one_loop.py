# One thread for all transfers, and a table of them by their sockets: select says which has something,
# and when the next one has waited long enough. It refuses to write over a file, and it grants no
# option. Behind block 65535 it goes on with 1.
import os
import select
import socket
import struct
import sys
import time

FOLDER = os.path.realpath(sys.argv[1] if len(sys.argv) > 1 else ".")
PATIENCE = 0.4


def head(kind, number):
    return struct.pack("!HH", kind, number)


class Transfer:
    """One transfer: `packet` is what was sent last, and is sent again when `due` has come."""

    def __init__(self, client):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.client, self.packet, self.number, self.tries = client, b"", 0, 0
        self.due, self.is_over, self.ending = 0, False, False

    def send(self, packet):
        self.packet, self.tries = packet, 0
        self.send_again()

    def send_again(self):
        self.socket.sendto(self.packet, self.client)
        self.tries += 1
        self.due = time.monotonic() + PATIENCE

    def fail(self, code, text):
        self.socket.sendto(head(5, code) + text + b"\0", self.client)
        self.close()

    def close(self):
        self.is_over = True

    def clock(self):
        if self.tries > 6 or self.ending:
            self.close()
        else:
            self.send_again()

    def hear(self):
        data, sender = self.socket.recvfrom(2048)
        if sender != self.client:
            if data[:2] != b"\0\5":
                self.socket.sendto(head(5, 5) + b"who are you?\0", sender)
        elif data[:2] == head(5, 0)[:2]:
            self.close()
        elif len(data) >= 4:
            self.got(data)


class Sender(Transfer):
    def __init__(self, client, path):
        super().__init__(client)
        self.file, self.is_last = None, False
        try:
            self.file = open(path, "rb")
        except OSError:
            return self.fail(1, b"no such file")
        self.next_block()

    def next_block(self):
        block = self.file.read(512)
        self.is_last = len(block) < 512
        self.number = 1 if self.number == 65535 else self.number + 1
        self.send(head(3, self.number) + block)

    def got(self, data):
        if data != head(4, self.number):
            return
        if self.is_last:
            self.close()
        else:
            self.next_block()

    def close(self):
        super().close()
        if self.file:
            self.file.close()


class Receiver(Transfer):
    def __init__(self, client, path):
        super().__init__(client)
        self.path, self.part = path, f"{path}.{self.socket.getsockname()[1]}"
        self.file = None
        if os.path.exists(path):
            return self.fail(6, b"it exists")
        try:
            self.file = open(self.part, "wb")
        except OSError:
            return self.fail(2, b"it cannot be written")
        self.send(head(4, 0))

    def got(self, data):
        if data[:4] == head(3, self.number) and self.number:
            self.socket.sendto(head(4, self.number), self.client)
        if self.ending or data[:4] != head(3, (self.number + 1) & 0xFFFF):
            return
        self.file.write(data[4:])
        self.number = (self.number + 1) & 0xFFFF
        if len(data) < 516:
            self.file.close()
            os.rename(self.part, self.path)
            self.ending = True
        self.send(head(4, self.number))
        if self.ending:
            self.due += 1

    def close(self):
        super().close()
        if self.file:
            self.file.close()
        if os.path.exists(self.part):
            os.remove(self.part)


def begin(request, client):
    words = request[2:].split(b"\0")
    if len(words) < 3 or request[:2] not in (b"\0\1", b"\0\2"):
        return None
    name, mode = words[0].decode(errors="replace"), words[1].lower()
    if mode != b"octet" or name.startswith("/") or ".." in name.split("/"):
        transfer = Transfer(client)
        transfer.fail(2, b"refused")
        return transfer
    path = os.path.join(FOLDER, name)
    if not os.path.realpath(path).startswith(FOLDER + "/"):
        transfer = Transfer(client)
        transfer.fail(2, b"a link leads out")
        return transfer
    return Sender(client, path) if request[1] == 1 else Receiver(client, path)


requests = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
requests.bind(("127.0.0.1", 6969))
transfers = []
while True:
    sockets = {transfer.socket: transfer for transfer in transfers}
    dues = [transfer.due for transfer in transfers]
    wait = max(0, min(dues) - time.monotonic()) if dues else None
    ready, _, _ = select.select([requests, *sockets], [], [], wait)
    for sock in ready:
        if sock is requests:
            transfers.append(begin(*requests.recvfrom(2048)))
        else:
            sockets[sock].hear()
    for transfer in filter(None, transfers):
        if not transfer.is_over and transfer.due <= time.monotonic():
            transfer.clock()
    for transfer in filter(None, transfers):
        if transfer.is_over:
            transfer.socket.close()
    transfers = [transfer for transfer in transfers if transfer and not transfer.is_over]
