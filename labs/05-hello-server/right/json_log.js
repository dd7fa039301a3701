// Prints one JSON object a datagram, host and port in fields of their own.
const dgram = require("dgram");

const server = dgram.createSocket("udp4", (message, sender) => {
  const entry = { event: "datagram", host: sender.address, port: sender.port, text: `${message}` };
  console.log(JSON.stringify(entry));
  server.send(Buffer.from("Hello, Client!"), sender.port, sender.address);
});
server.bind(12345, "127.0.0.1");
