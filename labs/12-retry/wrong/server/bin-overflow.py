# fails: full
# Takes -2**31 for a number that does not fit.
import asyncio
import struct
from collections import OrderedDict


class Counter(asyncio.DatagramProtocol):
    total = 0

    def __init__(self):
        self.done = OrderedDict()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        try:
            client, number, what, amount = struct.unpack("!IIIi", data)
        except struct.error:
            return
        if what not in (1, 2):
            return
        key = client, number
        if key not in self.done:
            self.done[key] = self.carry_out(client, number, what, amount)
            if len(self.done) > 4000:
                self.done.popitem(last=False)
        self.transport.sendto(self.done[key], addr)

    def carry_out(self, client, number, what, amount):
        status = 128
        if what == 1:
            if -(2**31) < self.total + amount < 2**31:
                self.total += amount
            else:
                status = 129
        return struct.pack("!IIIi", client, number, status, self.total)


async def main():
    await asyncio.get_running_loop().create_datagram_endpoint(Counter, ("127.0.0.1", 12012))
    await asyncio.Event().wait()


asyncio.run(main())
