# Connects in asyncio and waits for a future: no call in this file receives.
import asyncio


class Client(asyncio.DatagramProtocol):
    def __init__(self):
        self.answer = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, addr):
        if not self.answer.done():
            self.answer.set_result((data, addr))


async def main():
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_datagram_endpoint(
        Client, remote_addr=("127.0.0.1", 12345)
    )
    transport.sendto(b"Hello, Server!")
    data, addr = await client.answer
    print(f"{data.decode()} <- {addr[0]}:{addr[1]}")
    transport.close()


asyncio.run(main())
