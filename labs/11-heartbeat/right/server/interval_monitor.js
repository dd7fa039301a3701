// Two callbacks: one for each datagram, one for each 25 ms. Tells its events as JSON.
const dgram = require("dgram");

const senders = new Map();
const tell = (event, name, number) => console.log(JSON.stringify({ event, name, number }));

function heartbeat(name, number) {
  const sender = senders.get(name);
  if (!sender) {
    if (senders.size < 100) {
      tell("alive", name);
      senders.set(name, { highest: number, heard: performance.now(), dead: false, open: new Map() });
    }
    return;
  }
  const { highest, open } = sender;
  if (open.has(number)) {
    if (open.get(number) === null) tell("late", name, number);
    open.delete(number);
    return;
  }
  if (number > highest && number <= highest + 100) {
    for (let n = highest + 1; n < number; n++) open.set(n, performance.now());
  } else if (number <= highest && number >= highest - 10 && !sender.dead) {
    return;
  } else {
    tell("restarted", name);
    open.clear();
  }
  if (sender.dead) tell("alive", name);
  Object.assign(sender, { highest: number, heard: performance.now(), dead: false });
}

setInterval(() => {
  const now = performance.now();
  for (const [name, sender] of senders) {
    for (const [number, since] of sender.open) {
      if (since !== null && now - since >= 200) {
        tell("missing", name, number);
        sender.open.set(number, null);
      } else if (since === null && number < sender.highest - 100) {
        sender.open.delete(number);
      }
    }
    if (!sender.dead && now - sender.heard >= 300) {
      tell("dead", name);
      sender.dead = true;
    }
  }
}, 25);

const socket = dgram.createSocket("udp4");
socket.on("message", (message) => {
  const match = /^([A-Za-z0-9]{1,16}) ([0-9]{1,10})$/.exec(message.toString("latin1"));
  const number = match ? Number(match[2]) : 0;
  if (number >= 1 && number <= 4294967295) heartbeat(match[1], number);
});
socket.bind(12011, "127.0.0.1");
