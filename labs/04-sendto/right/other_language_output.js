// Speaks French to its user, on stderr; stdout stays empty.
const dgram = require("dgram");

const client = dgram.createSocket("udp4");
client.once("message", (reponse, { address, port }) => {
  console.error(`Réponse de ${address}, port ${port} : « ${reponse} »`);
  client.close();
});
client.send("Hello, Server!", 12345, "127.0.0.1");
