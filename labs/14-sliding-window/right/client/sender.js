// A clock of its own for each packet, and no loop at all.
const dgram = require('dgram');
const fs = require('fs');

const table = Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte >>> 0;
});
const crc32 = (bytes) => {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
  return ~sum >>> 0;
};

const [path, address] = process.argv.slice(2);
const [host, port] = address.split(':');
const data = fs.readFileSync(path);
const transfer = Math.floor(Math.random() * 2 ** 32);
const packets = [];

function add(kind, payload) {
  const bytes = Buffer.concat([Buffer.alloc(13), payload]);
  bytes.writeUInt32BE(transfer, 4);
  bytes.writeUInt32BE(packets.length, 8);
  bytes[12] = kind;
  bytes.writeUInt32BE(crc32(bytes.subarray(4)), 0);
  packets.push({ bytes, times: 0, done: false });
}

add(0, Buffer.alloc(0));
for (let at = 0; at < data.length; at += 1024) add(1, data.subarray(at, at + 1024));
add(2, Buffer.alloc(0));

const socket = dgram.createSocket('udp4');
let [first, next, underWay, sendings, latest] = [0, 0, 0, 0, 0];
let [smooth, varies, timeout, backedOff] = [null, 0, 1000, 0];
let silence = setTimeout(giveUp, 4000);

function giveUp() {
  console.error('nothing is heard of the receiver');
  process.exit(1);
}

function send(packet) {
  clearTimeout(packet.clock);
  packet.sent = performance.now();
  packet.sending = ++sendings;
  packet.times += 1;
  packet.clock = setTimeout(late, timeout, packet);
  socket.send(packet.bytes, Number(port), host);
}

function late(packet) {
  // What waits in the queue is looked at first.
  setImmediate(() => {
    if (packet.done) return;
    // Those that were sent together are late together, which is one loss.
    if (performance.now() - backedOff > timeout / 2) {
      timeout = Math.min(timeout * 2, 1000);
      backedOff = performance.now();
    }
    send(packet);
  });
}

function fill() {
  while (underWay < (first === 0 ? 1 : 64) && next < packets.length && next < first + 256) {
    underWay += 1;
    send(packets[next++]);
  }
}

function came(packet) {
  if (packet.done) return;
  packet.done = true;
  underWay -= 1;
  clearTimeout(packet.clock);
  if (packet.times > 1) return;
  latest = Math.max(latest, packet.sending);
  const trip = performance.now() - packet.sent;
  varies = smooth === null ? trip / 2 : 0.75 * varies + 0.25 * Math.abs(smooth - trip);
  smooth = smooth === null ? trip : 0.875 * smooth + 0.125 * trip;
  timeout = Math.min(Math.max(smooth + Math.max(4 * varies, 100), 200), 1000);
}

socket.on('message', (ack, from) => {
  if (from.address !== host || from.port !== Number(port)) return;
  if (ack.length !== 45 || ack[12] !== 3 || ack.readUInt32BE(0) !== crc32(ack.subarray(4))) return;
  const number = ack.readUInt32BE(8);
  if (ack.readUInt32BE(4) !== transfer || number > next) return;
  clearTimeout(silence);
  silence = setTimeout(giveUp, 4000);
  for (let i = first; i < number; i++) came(packets[i]);
  for (let i = 0; i < 256 && number + i < next; i++) {
    if ((ack[13 + (i >> 3)] >> (i & 7)) & 1) came(packets[number + i]);
  }
  while (first < packets.length && packets[first].done) first++;
  if (first === packets.length) process.exit(0);
  for (let i = first; i < next; i++) {
    if (!packets[i].done && packets[i].sending + 3 <= latest) send(packets[i]);
  }
  fill();
});
fill();
