# fails: lists-each-once
# Knows a server by its address and its port.
import asyncio
import random
import re
import socket
import sys

TO = {"broadcast": "255.255.255.255", "subnet": "192.168.15.255", "multicast": "239.255.15.15"}


class Finder(asyncio.DatagramProtocol):
    def __init__(self, number):
        self.form = re.compile(rb"HERE %d ([A-Za-z0-9-]{1,20})" % number)
        self.found = {}

    def datagram_received(self, data, addr):
        match = self.form.fullmatch(data)
        self.ports = getattr(self, 'ports', set())
        if match and addr not in self.ports:
            self.ports.add(addr)
            self.found[addr[0]] = match[1].decode()
            print(addr[0], "->", self.found[addr[0]], flush=True)


async def main():
    to = (TO[sys.argv[1]], 15015)
    number = random.randint(1, 65535)
    loop = asyncio.get_running_loop()
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.bind(("0.0.0.0", 0))
    transport, finder = await loop.create_datagram_endpoint(lambda: Finder(number), sock=s)

    def ask():
        known = " ".join(["KNOWN", *finder.found]) if finder.found else ""
        transport.sendto(f"DISCOVER {number} {known}".rstrip().encode(), to)

    ask()
    loop.call_later(0.1, ask)
    loop.call_later(0.3, ask)
    await asyncio.sleep(1)
    transport.close()
    if not finder.found:
        print("no servers found")
        sys.exit(2)


asyncio.run(main())
