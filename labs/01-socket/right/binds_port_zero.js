// Node creates the socket when it is bound, so this binds: to port 0, any that is free.
const dgram = require("dgram");
const readline = require("readline");

const socket = dgram.createSocket("udp4");
socket.bind(0, "127.0.0.1", () => {
  const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
  terminal.question("Socket created. Press Enter to close it.", () => {
    terminal.close();
    socket.close();
  });
});
