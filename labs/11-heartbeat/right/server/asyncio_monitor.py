# A timer for every sender and for every gap: nothing is looked at before it is due.
import asyncio
import re


class Sender:
    def __init__(self, loop, name, number):
        self.loop, self.name, self.high = loop, name, number
        self.dead, self.open, self.reported = False, {}, set()
        self.silence = loop.call_later(0.3, self.die)

    def tell(self, *words):
        print(*words, flush=True)

    def die(self):
        self.dead = True
        self.tell("dead", self.name)

    def miss(self, number):
        del self.open[number]
        self.reported.add(number)
        self.tell("missing", self.name, number)

    def hear(self, number):
        if number in self.open:
            self.open.pop(number).cancel()
            return
        if number in self.reported:
            self.reported.remove(number)
            self.tell("late", self.name, number)
            return
        if self.high < number <= self.high + 100:
            for skipped in range(self.high + 1, number):
                self.open[skipped] = self.loop.call_later(0.2, self.miss, skipped)
        elif self.high - 10 <= number <= self.high and not self.dead:
            return
        else:
            self.tell("restarted", self.name)
            for timer in self.open.values():
                timer.cancel()
            self.open, self.reported = {}, set()
        if self.dead:
            self.tell("alive", self.name)
        self.high, self.dead = number, False
        self.reported = {n for n in self.reported if n >= number - 100}
        self.silence.cancel()
        self.silence = self.loop.call_later(0.3, self.die)


class Monitor(asyncio.DatagramProtocol):
    senders = {}

    def datagram_received(self, data, address):
        match = re.fullmatch(rb"([0-9A-Za-z]{1,16}) ([0-9]{1,10})", data)
        if not match or not 1 <= int(match[2]) <= 0xFFFFFFFF:
            return
        name, number = match[1].decode(), int(match[2])
        if name in self.senders:
            self.senders[name].hear(number)
        elif len(self.senders) < 100:
            print("alive", name, flush=True)
            self.senders[name] = Sender(asyncio.get_running_loop(), name, number)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Monitor, local_addr=("127.0.0.1", 12011))
    await asyncio.Event().wait()


asyncio.run(main())
