// The tutorial's server in Node: it has no loop and no receive call. The event loop waits in epoll.
const dgram = require("dgram");

const server = dgram.createSocket("udp4");

server.on("listening", () => {
  const { address, port } = server.address();
  console.log(`UDP server is up and listening on ${address}:${port}`);
});

server.on("message", (message, client) => {
  console.log(`Message from ${client.address}:${client.port}: '${message}'`);
  server.send(`Server acknowledges: ${message}`, client.port, client.address);
});

server.bind(12345, "127.0.0.1");
