# Reads the terminal in an executor's thread and the socket in the event loop; both wait at once.
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
    message = await loop.run_in_executor(None, input, "Message? ")
    print(f"sending {message} to 127.0.0.1:12345")
    transport.sendto(message.encode())
    answer, (host, port) = await client.answer
    print(f"{host}:{port} answered {answer.decode(errors='replace')}")
    transport.close()


asyncio.run(main())
