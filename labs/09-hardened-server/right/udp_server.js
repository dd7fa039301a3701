// Node hands over every datagram whole, so the limit is a comparison. The log is JSON, which has an
// escape for every control character.
const dgram = require("dgram");

const server = dgram.createSocket("udp4");
const prefix = Buffer.from("Server acknowledges: ");
const error = Buffer.from("Error: ");
const begins = (message, mark) => message.subarray(0, mark.length).equals(mark);

server.on("listening", () => {
  const { address, port } = server.address();
  console.log(`UDP server is up and listening on ${address}:${port}`);
});

server.on("message", (message, { address, port }) => {
  console.log(JSON.stringify({ from: `${address}:${port}`, message: message.toString("utf8", 0, 1025) }));
  if (begins(message, prefix) || begins(message, error)) return;
  const answer =
    message.length > 1024
      ? Buffer.from("Error: message longer than 1024 bytes")
      : Buffer.concat([prefix, message]);
  server.send(answer, port, address);
});

server.bind(12345, "127.0.0.1");
