# The standard library's server class. It reads at most max_packet_size bytes of a datagram, and
# prints a traceback and goes on where a handler fails.
import socketserver

PREFIX, ERROR = b"Server acknowledges: ", b"Error: "


class Acknowledge(socketserver.BaseRequestHandler):
    def handle(self):
        message, socket = self.request
        text = message.decode("latin-1").encode("unicode_escape").decode()
        print("Message from %s:%d: '%s'" % (*self.client_address, text), flush=True)
        if message[:21] == PREFIX or message[:7] == ERROR:
            return
        answer = PREFIX + message if len(message) < 1025 else ERROR + b"message longer than 1024 bytes"
        socket.sendto(answer, self.client_address)


class Server(socketserver.UDPServer):
    max_packet_size = 1025


with Server(("127.0.0.1", 12345), Acknowledge) as server:
    print("UDP server is up and listening on 127.0.0.1:12345", flush=True)
    server.serve_forever()
