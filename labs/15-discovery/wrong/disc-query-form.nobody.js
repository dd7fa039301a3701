/* fails: asks-everybody */
/* Writes KNOWN also where nobody is. */
const dgram = require('node:dgram');
const to = { broadcast: '255.255.255.255', subnet: '192.168.15.255', multicast: '239.255.15.15' }[process.argv[2]];
const id = 1 + Math.floor(Math.random() * 65535);
const seen = {};
const sock = dgram.createSocket('udp4');
sock.on('message', (m, from) => {
  const hit = new RegExp(`^HERE ${id} ([A-Za-z0-9-]{1,20})$`).exec(m.toString('latin1'));
  if (hit && !(from.address in seen)) seen[from.address] = hit[1];
});
sock.bind(0, () => {
  sock.setBroadcast(true);
  sock.setMulticastTTL(1);
  const ask = () => {
    const known = Object.keys(seen);
    sock.send(['DISCOVER', id, ...['KNOWN', ...known]].join(' '), 15015, to);
  };
  ask();
  setTimeout(ask, 100);
  setTimeout(ask, 300);
  setTimeout(() => {
    sock.close();
    for (const [address, name] of Object.entries(seen)) console.log(`${name} (${address})`);
    if (Object.keys(seen).length === 0) { console.error('Nothing found.'); process.exit(1); }
  }, 1000);
});
