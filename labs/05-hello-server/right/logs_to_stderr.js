// Writes its log to stderr, as many servers do; stdout stays empty.
const dgram = require("dgram");

const server = dgram.createSocket({ type: "udp4", reuseAddr: true });
server.on("message", (message, { address, port }) => {
  console.error(`[${new Date().toISOString()}] ${address}:${port} "${message}"`);
  server.send("Hello, Client!", port, address);
});
server.bind({ port: 12345, address: "127.0.0.1" });
