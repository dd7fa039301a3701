# An asyncio protocol that logs to standard error; standard output stays empty.
import asyncio
import logging

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")


class Receiver(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
        logging.info("Server is listening on %s:%d", *transport.get_extra_info("sockname"))

    def datagram_received(self, data, addr):
        logging.info("Connection established with: %s:%d", *addr)
        logging.info("Message from client: %s", data.decode())
        self.transport.sendto(b"Message received", addr)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Receiver, local_addr=("192.168.0.108", 4010))
    await asyncio.Event().wait()


asyncio.run(main())
