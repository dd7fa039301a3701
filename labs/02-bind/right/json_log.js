// Prints JSON, and waits for the terminal and the socket in one event loop.
const dgram = require("dgram");

const log = (entry) => console.log(JSON.stringify(entry));
const server = dgram.createSocket("udp4");

server.on("error", ({ code, syscall }) => {
  log({ level: "error", code, syscall });
  process.exitCode = 1;
});

server.bind(12345, "127.0.0.1", () => {
  log({ level: "info", bound: server.address() });
  process.stdin.once("data", () => {
    process.stdin.destroy();
    server.close();
  });
});
