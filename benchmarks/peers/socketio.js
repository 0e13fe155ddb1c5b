// Socket.IO's rooms over its Redis adapter. With DATABASE_URL each message is also stored, one
// INSERT before the broadcast, and the sender's acknowledgement is called after it.
const http = require("http");
const { Server } = require("socket.io");
const { createClient } = require("redis");
const { createAdapter } = require("@socket.io/redis-adapter");
const { openStore } = require("./store");

(async () => {
  const store = await openStore();
  const publisher = createClient({ url: process.env.REDIS_URL });
  const subscriber = publisher.duplicate();
  await publisher.connect();
  await subscriber.connect();
  const server = http.createServer();
  const io = new Server(server, { adapter: createAdapter(publisher, subscriber) });

  io.on("connection", (socket) => {
    let room = null;
    socket.on("join", async (name, done) => {
      await socket.join(name);
      room = name;
      done({});
    });
    socket.on("message", async ({ id, message }, done) => {
      if (store) {
        await store.add(room, message);
        done({ ack: id });
      }
      io.to(room).emit("message", { message });
    });
  });
  server.listen(+process.env.PORT, "127.0.0.1");
})();
