// Node's ws, every message by way of Redis pub/sub. With DATABASE_URL it is also stored, one INSERT
// before the broadcast, and the sender is told: what one would build to do the chat site's work.
const { WebSocketServer, WebSocket } = require("ws");
const { createClient } = require("redis");
const { openStore } = require("./store");

(async () => {
  const store = await openStore();
  const publisher = createClient({ url: process.env.REDIS_URL });
  const subscriber = publisher.duplicate();
  await publisher.connect();
  await subscriber.connect();
  const rooms = new Map();
  const server = new WebSocketServer({ host: "127.0.0.1", port: +process.env.PORT });

  server.on("connection", (socket, request) => {
    const name = request.url.split("/")[3];
    if (!rooms.has(name)) {
      const members = new Set();
      rooms.set(name, members);
      subscriber.subscribe("room:" + name, (out) => {
        for (const member of members) {
          if (member.readyState === WebSocket.OPEN) member.send(out);
        }
      });
    }
    const room = rooms.get(name);
    room.add(socket);
    socket.on("message", async (data) => {
      const { id, message } = JSON.parse(data);
      if (store) {
        await store.add(name, message);
        socket.send(JSON.stringify({ ack: id }));
      }
      publisher.publish("room:" + name, JSON.stringify({ message }));
    });
    socket.on("close", () => room.delete(socket));
    socket.on("error", () => {});
  });
})();
