# recvmsg says in its flags that a datagram was cut, so the buffer need not be larger than the longest
# message. Its parts are sent by sendmsg without being put together.
import json
import socket

PREFIX, ERROR = b"Server acknowledges: ", b"Error: "

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 12345))
print("UDP server is up and listening on 127.0.0.1:12345")

buffer = bytearray(1024)
while True:
    length, _, flags, client = server.recvmsg_into([buffer])
    message = memoryview(buffer)[:length]
    text = bytes(message).decode(errors="backslashreplace")
    print(json.dumps({"host": client[0], "port": client[1], "message": text}))
    if bytes(message[:21]) == PREFIX or bytes(message[:7]) == ERROR:
        continue
    if flags & socket.MSG_TRUNC:
        server.sendto(ERROR + b"message longer than 1024 bytes", client)
    else:
        server.sendmsg([PREFIX, message], [], 0, client)
