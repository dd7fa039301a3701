// The tutorial's server in Node. exclusive: the port is not to be shared with other processes.
const dgram = require("dgram");

const server = dgram.createSocket("udp4");

server.on("listening", () => {
  const { address, port } = server.address();
  console.log(`Server is listening on ${address}:${port}`);
});

server.on("message", (message, client) => {
  console.log(`Connection established with: ${client.address}:${client.port}`);
  console.log(`Message from client: ${message}`);
  server.send("Message received", client.port, client.address);
});

server.bind({ port: 4010, address: "192.168.0.108", exclusive: true });
