// A timer for each ping; a table where others would be lines.
const dgram = require("dgram");

const socket = dgram.createSocket("udp4");
const times = [];
let number = 0, sent, timer, ping;

function next() {
  if (number === 10) return finish();
  number += 1;
  ping = `Ping ${number}`;
  sent = process.hrtime.bigint();
  socket.send(ping, 12000, "127.0.0.1");
  timer = setTimeout(() => {
    console.log(`${ping}: Request timed out`);
    next();
  }, 1000);
}

socket.on("message", (message, from) => {
  const took = Number(process.hrtime.bigint() - sent) / 1e6;
  if (from.port !== 12000 || from.address !== "127.0.0.1") return;
  if (message.toString().toLowerCase() !== ping.toLowerCase()) return;
  clearTimeout(timer);
  times.push(took);
  console.log(`${ping}: ${took.toFixed(2)} ms`);
  next();
});

function finish() {
  socket.close();
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  console.table({ sent: 10, lost: `${(10 - times.length) * 10}%` });
  if (times.length) console.table({ min: Math.min(...times), avg: average, max: Math.max(...times) });
}

next();
