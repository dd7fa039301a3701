/* fails: remembers */
/* Forgets everything when its memory is full. */
const memory = new Map();
let counter = 0;
const s = require('node:dgram').createSocket('udp4', (msg, from) => {
  if (msg.length !== 16) return;
  const kind = msg.readUInt32BE(8);
  if (kind !== 1 && kind !== 2) return;
  const id = msg.toString('hex', 0, 8);
  let answer = memory.get(id);
  if (!answer) {
    answer = Buffer.from(msg);
    const sum = kind === 1 ? counter + msg.readInt32BE(12) : counter;
    const fits = sum === (sum | 0);
    if (fits) counter = sum;
    answer.writeUInt32BE(fits ? 128 : 129, 8);
    answer.writeInt32BE(counter, 12);
    memory.set(id, answer);
    if (memory.size > 2000) memory.clear();
  }
  s.send(answer, from.port, from.address);
});
s.bind(12012, '127.0.0.1');
