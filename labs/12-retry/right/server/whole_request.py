# Knows a request by all of its bytes, prints each, and remembers for twice as many as it must.
import socketserver
import struct
from collections import OrderedDict


class Counter(socketserver.BaseRequestHandler):
    value = 0
    answers = OrderedDict()

    def handle(self):
        data, sock = self.request
        try:
            client, number, operation, amount = struct.unpack(">IIIi", data)
        except struct.error:
            return
        if operation in (1, 2):
            sock.sendto(self.answer(data, client, number, operation, amount), self.client_address)

    def answer(self, data, client, number, operation, amount):
        answers = Counter.answers
        if data in answers:
            return answers[data]
        total = Counter.value + (amount if operation == 1 else 0)
        fits = -(2**31) <= total <= 2**31 - 1
        if fits:
            Counter.value = total
        answers[data] = struct.pack(">IIIi", client, number, 128 if fits else 129, Counter.value)
        if len(answers) > 2000:
            answers.popitem(last=False)
        return answers[data]


with socketserver.UDPServer(("127.0.0.1", 12012), Counter) as server:
    server.serve_forever()
