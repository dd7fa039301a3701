// A short timer, and as many heartbeats as are due when it fires.
const dgram = require("dgram");

const [name, count] = process.argv.slice(2);
const socket = dgram.createSocket("udp4");
const start = performance.now();
let sent = 0;
const timer = setInterval(() => {
  while (sent * 100 <= performance.now() - start) {
    if (count && sent >= Number(count)) {
      clearInterval(timer);
      socket.close();
      return;
    }
    sent += 1;
    socket.send(`${name} ${sent}`, 12011, "127.0.0.1");
  }
}, 10);
