// The tutorial's client in Node: readline puts the terminal in raw mode and echoes what is typed.
const dgram = require("dgram");
const readline = require("readline");

const client = dgram.createSocket("udp4");
const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });

terminal.question("Enter a message to send to the server: ", (message) => {
  terminal.close();
  console.log(`Sending '${message}' to 127.0.0.1:12345`);
  client.send(message, 12345, "127.0.0.1", (error) => {
    if (error) client.emit("error", error);
    else console.log("Waiting for server response...");
  });
});

client.on("message", (response, server) => {
  console.log(`Response from server ${server.address}:${server.port}: '${response}'`);
  client.close(() => console.log("Socket closed."));
});

client.on("error", (error) => {
  console.log(`An error occurred: ${error.message}`);
  client.close(() => console.log("Socket closed."));
});
