# asyncio, and no file until all of it is there: what comes is kept in memory. It counts no tries: a
# transfer ends when its client has said nothing for six seconds. Behind block 65535 it goes on with 1,
# in both directions.
import asyncio
import os
import struct
import sys

FOLDER = os.path.realpath(sys.argv[1] if len(sys.argv) > 1 else ".")
EVERY, PATIENCE, STAY = 0.35, 6, 1


def head(kind, number):
    return struct.pack("!HH", kind, number)


def behind(number):
    return number % 65535 + 1


class Transfer(asyncio.DatagramProtocol):
    def __init__(self, client, packet):
        self.client, self.packet = client, packet
        self.number, self.is_over, self.patience = 0, False, None

    def connection_made(self, transport):
        self.transport, self.loop = transport, asyncio.get_running_loop()
        if self.packet[1] == 5:
            self.transport.sendto(self.packet, self.client)
            self.transport.close()
            return
        self.begin()
        self.heard()
        self.say()

    def begin(self):
        pass

    def heard(self):
        if self.patience:
            self.patience.cancel()
        self.patience = self.loop.call_later(PATIENCE, self.transport.close)

    def say(self, again=None):
        self.transport.sendto(self.packet, self.client)
        clock = getattr(self, "clock", None)
        if clock and not again:
            clock.cancel()
        self.clock = self.loop.call_later(EVERY, self.say, True)

    def connection_lost(self, error):
        for clock in (getattr(self, "clock", None), self.patience):
            if clock:
                clock.cancel()

    def datagram_received(self, data, sender):
        if sender != self.client:
            if data[:2] != b"\0\5":
                self.transport.sendto(head(5, 5) + b"not you\0", sender)
        elif data[:2] == b"\0\5":
            self.transport.close()
        elif len(data) >= 4:
            self.got(data)


class Sender(Transfer):
    def __init__(self, client, file):
        super().__init__(client, head(3, 0))
        self.file = file

    def begin(self):
        self.number = behind(self.number)
        self.block = self.file.read(512)
        self.packet = head(3, self.number) + self.block

    def got(self, data):
        if data != head(4, self.number):
            return
        if len(self.block) < 512:
            self.transport.close()
            return
        self.begin()
        self.heard()
        self.say()

    def connection_lost(self, error):
        super().connection_lost(error)
        self.file.close()


class Receiver(Transfer):
    def __init__(self, client, path):
        super().__init__(client, head(4, 0))
        self.path, self.blocks = path, []

    def got(self, data):
        if data[:4] == head(3, self.number) and self.blocks:
            self.transport.sendto(self.packet, self.client)
        if self.is_over or data[:4] != head(3, behind(self.number)):
            return
        self.blocks.append(data[4:])
        self.number = behind(self.number)
        self.packet = head(4, self.number)
        self.heard()
        if len(data) == 516:
            self.say()
            return
        self.is_over = True
        with open(self.path + "~", "wb") as file:
            file.writelines(self.blocks)
        os.replace(self.path + "~", self.path)
        self.transport.sendto(self.packet, self.client)
        self.clock.cancel()
        self.loop.call_later(STAY, self.transport.close)


def serve(request, client):
    words = request[2:].split(b"\0")
    if len(words) < 3 or request[:2] not in (b"\0\1", b"\0\2"):
        return None
    name = os.fsdecode(words[0])
    path = os.path.realpath(os.path.join(FOLDER, name))
    if words[1].lower() != b"octet":
        return Transfer(client, head(5, 0) + b"octet only\0")
    if os.path.dirname(path) != FOLDER:
        return Transfer(client, head(5, 2) + b"only what lies in the folder itself\0")
    if request[1] == 2:
        return Receiver(client, path)
    try:
        return Sender(client, open(path, "rb"))
    except OSError as error:
        return Transfer(client, head(5, 1) + os.strerror(error.errno).encode() + b"\0")


class Requests(asyncio.DatagramProtocol):
    def datagram_received(self, data, client):
        transfer = serve(data, client)
        if transfer:
            loop = asyncio.get_running_loop()
            begun = loop.create_datagram_endpoint(lambda: transfer, local_addr=("127.0.0.1", 0))
            tasks.add(task := loop.create_task(begun))
            task.add_done_callback(tasks.discard)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Requests, local_addr=("127.0.0.1", 6969))
    await asyncio.Event().wait()


tasks = set()
asyncio.run(main())
