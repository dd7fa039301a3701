/* fails: ends */
/* Closes the socket in the same breath as it sends: the last heartbeat has not left by then. */
const [name, count] = process.argv.slice(2);
const s = require('node:dgram').createSocket('udp4');
const begin = performance.now();
let n = 1;
function beat() {
  s.send(`${name} ${n}`, 12011, '127.0.0.1');
  if (count && n >= +count) return s.close();
  n++;
  setTimeout(beat, Math.max(0, begin + (n - 1) * 100 - performance.now()));
}
beat();
