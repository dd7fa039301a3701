// A Map, which keeps its order, and fields that are read out of a Buffer.
const dgram = require('node:dgram');

const REMEMBERED = 1000;
const answers = new Map();
let counter = 0;

const socket = dgram.createSocket('udp4');
socket.on('message', (request, sender) => {
  if (request.length !== 16) return;
  const operation = request.readUInt32BE(8);
  if (operation !== 1 && operation !== 2) return;
  const id = request.toString('hex', 0, 8);
  let answer = answers.get(id);
  if (answer === undefined) {
    const sum = counter + (operation === 1 ? request.readInt32BE(12) : 0);
    const fits = sum === (sum | 0);
    if (fits) counter = sum;
    answer = Buffer.from(request.subarray(0, 16));
    answer.writeUInt32BE(fits ? 128 : 129, 8);
    answer.writeInt32BE(counter, 12);
    answers.set(id, answer);
    if (answers.size > REMEMBERED) answers.delete(answers.keys().next().value);
  }
  socket.send(answer, sender.port, sender.address);
});
socket.bind(12012, '127.0.0.1', () => console.log('the counter listens'));
