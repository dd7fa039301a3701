# Waits in an event loop: no thread is ever blocked in a receive.
import asyncio


class Pinger(asyncio.DatagramProtocol):
    def __init__(self):
        self.wanted = None
        self.answer = None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, sender):
        if sender == ("127.0.0.1", 12000) and data.lower() == self.wanted and not self.answer.done():
            self.answer.set_result(asyncio.get_running_loop().time())

    async def ping(self, number):
        loop = asyncio.get_running_loop()
        self.answer = loop.create_future()
        self.wanted = f"ping {number}".encode()
        sent = loop.time()
        self.transport.sendto(self.wanted, ("127.0.0.1", 12000))
        try:
            return await asyncio.wait_for(self.answer, 1) - sent
        except asyncio.TimeoutError:
            return None


async def main():
    loop = asyncio.get_running_loop()
    _, pinger = await loop.create_datagram_endpoint(Pinger, local_addr=("127.0.0.1", 0))
    times = []
    for number in range(1, 11):
        took = await pinger.ping(number)
        print(number, "timed out" if took is None else f"{took * 1000:.3f} ms")
        if took is not None:
            times.append(took * 1000)
    print(f"lost: {(10 - len(times)) * 10}.0 %")
    if times:
        print(f"{min(times):.3f} {sum(times) / len(times):.3f} {max(times):.3f}")


asyncio.run(main())
