// Events and timers: whatever comes, the timer of a try is left alone.
const { randomInt } = require('node:crypto');
const dgram = require('node:dgram');

const socket = dgram.createSocket('udp4');
const client = randomInt(2 ** 32);

function ask(request) {
  return new Promise((resolve, reject) => {
    let tries = 0;
    let timer;
    const attempt = () => {
      if (tries === 6) {
        socket.removeAllListeners('message');
        reject(new Error('no answer after six tries'));
        return;
      }
      const wait = Math.min(100 * 2 ** tries, 400);
      tries += 1;
      socket.send(request, 12012, '127.0.0.1');
      // A millisecond more, since timers drop parts of one.
      timer = setTimeout(attempt, 1 + wait * (0.5 + Math.random() / 2));
    };
    socket.on('message', (data, sender) => {
      const isFromServer = sender.port === 12012 && sender.address === '127.0.0.1';
      if (!isFromServer || data.length !== 16) return;
      if (data.compare(request, 0, 8, 0, 8) !== 0) return;
      const status = data.readUInt32BE(8);
      if (status !== 128 && status !== 129) return;
      clearTimeout(timer);
      socket.removeAllListeners('message');
      resolve([status, data.readInt32BE(12)]);
    });
    attempt();
  });
}

async function main(words) {
  for (let number = 1; words.length > 0; number++) {
    const adds = words.shift() === 'add';
    const request = Buffer.alloc(16);
    request.writeUInt32BE(client, 0);
    request.writeUInt32BE(number, 4);
    request.writeUInt32BE(adds ? 1 : 2, 8);
    request.writeInt32BE(adds ? Number(words.shift()) : 0, 12);
    const [status, value] = await ask(request);
    if (status === 129) throw new Error(`refused, the counter is at ${value}`);
    console.log(`The counter is at ${value}`);
  }
}

main(process.argv.slice(2))
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(() => socket.close());
