"""Callbacks and a loop's timers; logs what it does to standard error."""
import asyncio
import logging
import os
import sys

PORT = 15015
TARGETS = dict(broadcast="255.255.255.255", subnet="192.168.15.255", multicast="239.255.15.15")

logging.basicConfig(level=logging.INFO, format="%(relativeCreated)d ms: %(message)s")


class Finder(asyncio.DatagramProtocol):
    def __init__(self, target):
        self.target = target
        self.number = int.from_bytes(os.urandom(2), "big") or 1
        self.found = {}

    def connection_made(self, transport):
        self.transport = transport

    def ask(self):
        words = ["DISCOVER", str(self.number)]
        if self.found:
            words += ["KNOWN", *sorted(self.found)]
        logging.info("asking %s", self.target)
        self.transport.sendto(" ".join(words).encode("ascii"), (self.target, PORT))

    def datagram_received(self, data, addr):
        try:
            here, number, name = data.decode("ascii").split(" ")
        except ValueError:
            return
        letters = name.replace("-", "")
        if here != "HERE" or number != str(self.number) or not letters.isalnum() or len(name) > 20:
            return
        self.found.setdefault(addr[0], name)


async def main():
    loop = asyncio.get_running_loop()
    _, finder = await loop.create_datagram_endpoint(
        lambda: Finder(TARGETS[sys.argv[1]]),
        local_addr=("0.0.0.0", 0),
        allow_broadcast=True,
    )
    for delay in (0, 0.1, 0.3):
        loop.call_later(delay, finder.ask)
    await asyncio.sleep(1.0)
    for address, name in finder.found.items():
        print(name, address, sep="\t")
    if not finder.found:
        sys.exit("no servers")


asyncio.run(main())
