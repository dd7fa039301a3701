# fails: form
# Its $ stands before a line end too.
import asyncio
import re
import sys

FORM = re.compile(rb"([A-Za-z0-9]{1,16}) ([0-9]{1,10})$")


class Sender:
    def __init__(self, name, say):
        self.name, self.say = name, say
        self.top = None
        self.dead = True
        self.waiting = {}
        self.told = set()
        self.death = None

    def lives(self):
        loop = asyncio.get_running_loop()
        if self.dead:
            self.say(f"alive {self.name}")
        self.dead = False
        if self.death:
            self.death.cancel()
        self.death = loop.call_later(0.3, self.dies)

    def dies(self):
        self.dead = True
        self.say(f"dead {self.name}")

    def misses(self, n):
        del self.waiting[n]
        self.told.add(n)
        self.say(f"missing {self.name} {n}")

    def hears(self, n):
        loop = asyncio.get_running_loop()
        if self.top is None:
            self.top = n
            self.lives()
        elif self.top < n <= self.top + 100:
            for k in range(self.top + 1, n):
                self.waiting[k] = loop.call_later(0.2, self.misses, k)
            self.top = n
            self.lives()
        elif n in self.waiting:
            self.waiting.pop(n).cancel()
        elif n in self.told and n >= self.top - 100:
            self.told.remove(n)
            self.say(f"late {self.name} {n}")
        elif self.top - 10 <= n <= self.top and not self.dead:
            pass
        else:
            for timer in self.waiting.values():
                timer.cancel()
            self.waiting.clear()
            self.told.clear()
            self.top = n
            self.lives()
            self.say(f"restarted {self.name}")


class Monitor(asyncio.DatagramProtocol):
    def __init__(self):
        self.senders = {}

    def datagram_received(self, data, addr):
        m = FORM.match(data)
        if not m:
            return
        name, n = m[1].decode(), int(m[2])
        if not 1 <= n <= 0xFFFFFFFF:
            return
        if name not in self.senders:
            if len(self.senders) >= 100:
                return
            self.senders[name] = Sender(name, lambda line: print(line, flush=True))
        self.senders[name].hears(n)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Monitor, local_addr=("127.0.0.1", 12011))
    print("listening", file=sys.stderr)
    await loop.create_future()


asyncio.run(main())
