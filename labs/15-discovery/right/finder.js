// Events and timers; the socket is bound before options can be set.
const dgram = require("node:dgram");

const TARGETS = { broadcast: "255.255.255.255", subnet: "192.168.15.255", multicast: "239.255.15.15" };
const target = TARGETS[process.argv[2]];
const number = 1 + Math.floor(Math.random() * 65535);
const servers = new Map();
const socket = dgram.createSocket("udp4");

socket.on("message", (data, sender) => {
  const match = /^HERE (\d+) ([A-Za-z0-9-]{1,20})$/.exec(data.toString("latin1"));
  if (match && Number(match[1]) === number && !servers.has(sender.address)) {
    servers.set(sender.address, match[2]);
    console.log(`found ${match[2]} (${sender.address})`);
  }
});

function ask() {
  const known = servers.size > 0 ? ` KNOWN ${[...servers.keys()].join(" ")}` : "";
  socket.send(`DISCOVER ${number}${known}`, 15015, target);
}

socket.bind(0, () => {
  socket.setBroadcast(true);
  socket.setMulticastTTL(1);
  ask();
  setTimeout(ask, 100);
  setTimeout(ask, 300);
  setTimeout(() => {
    socket.close();
    if (servers.size === 0) {
      console.error("no server has answered");
      process.exitCode = 1;
    }
  }, 1000);
});
