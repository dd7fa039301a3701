# Takes datagrams of any length and logs no more than 60 characters of each, with carets for control
# characters, as `cat -v` does. It wakes ten times a second, to see whether it should end.
import socket

PREFIX, ERROR = b"Server acknowledges: ", b"Error: "


def caret(byte):
    return chr(byte) if 32 <= byte < 127 else f"^{chr(byte ^ 64)}" if byte < 128 else f"M-{byte:02x}"


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.settimeout(0.1)
server.bind(("127.0.0.1", 12345))
print("Servidor UDP en el puerto 12345", flush=True)

while True:
    try:
        message, (host, port) = server.recvfrom(65536)
    except TimeoutError:
        continue
    print(f"{len(message)} bytes de {host}:{port}: {''.join(map(caret, message[:60]))}", flush=True)
    if not message.startswith((PREFIX, ERROR)):
        answer = PREFIX + message if len(message) <= 1024 else ERROR + b"message longer than 1024 bytes"
        server.sendto(answer, (host, port))
