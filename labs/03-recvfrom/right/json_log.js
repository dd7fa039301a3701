// Prints one JSON object and closes; Node ends by itself when nothing is left to wait for.
const dgram = require("dgram");

const server = dgram.createSocket("udp4");
server.once("message", (message, { address, port }) => {
  process.stdout.write(JSON.stringify({ from: { address, port }, text: message.toString() }));
  server.close();
});
server.bind(12345, "127.0.0.1");
