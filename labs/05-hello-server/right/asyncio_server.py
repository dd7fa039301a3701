# An asyncio protocol: the event loop waits in epoll, and no line of this file receives.
import asyncio


class Greeter(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        print(f"{addr[0]}:{addr[1]} says {data.decode()}")
        self.transport.sendto(b"Hello, Client!", addr)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Greeter, local_addr=("127.0.0.1", 12345))
    await asyncio.Event().wait()


asyncio.run(main())
