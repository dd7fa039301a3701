// A socket of the other family, bound to all addresses: IPv4 arrives there too.
const server = require('dgram').createSocket('udp6');

server.on('message', (message, { address, port }) => {
  console.log(`Message from ${address} ${port}: '${message}'`);
  server.send('Hello, Client!', port, address);
});
server.bind(12345);
