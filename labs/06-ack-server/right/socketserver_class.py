# The server of Python's standard library: it polls every half second whether it should stop.
import socketserver


class Acknowledge(socketserver.BaseRequestHandler):
    def handle(self):
        message, sock = self.request
        print(f"Message from {self.client_address}: '{message.decode()}'", flush=True)
        sock.sendto(b"Server acknowledges: " + message, self.client_address)


with socketserver.UDPServer(("127.0.0.1", 12345), Acknowledge) as server:
    print("UDP server is up and listening on %s:%d" % server.server_address, flush=True)
    server.serve_forever()
