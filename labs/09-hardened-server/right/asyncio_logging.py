# An asyncio protocol that logs to standard error, in colors: those escapes are its own, and only the
# message's are taken out.
import asyncio
import logging

logging.basicConfig(level=logging.INFO, format="\x1b[36m%(levelname)s\x1b[0m %(message)s")


def visible(data):
    text = data.decode("utf-8", "replace")
    return "".join(c if c.isprintable() else f"<{ord(c):02x}>" for c in text)


class Acknowledger(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
        logging.info("listening on %s:%d", *transport.get_extra_info("sockname"))

    def datagram_received(self, data, addr):
        logging.info("\x1b[1m%s:%d\x1b[0m %s", *addr, visible(data[:1024]))
        if data.startswith(b"Server acknowledges: ") or data.startswith(b"Error: "):
            return
        if len(data) > 1024:
            self.transport.sendto(b"Error: message longer than 1024 bytes", addr)
        else:
            self.transport.sendto(b"Server acknowledges: " + data, addr)

    def error_received(self, error):
        logging.warning("%s", error)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Acknowledger, local_addr=("127.0.0.1", 12345))
    await asyncio.Event().wait()


asyncio.run(main())
