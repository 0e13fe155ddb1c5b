// Node's ws, rooms in memory, the usual tutorial's broadcast.
const { WebSocketServer, WebSocket } = require("ws");

const rooms = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: +process.env.PORT });

server.on("connection", (socket, request) => {
  const name = request.url.split("/")[3];
  if (!rooms.has(name)) rooms.set(name, new Set());
  const room = rooms.get(name);
  room.add(socket);
  socket.on("message", (data) => {
    const out = JSON.stringify({ message: JSON.parse(data).message });
    for (const member of room) {
      if (member.readyState === WebSocket.OPEN) member.send(out);
    }
  });
  socket.on("close", () => room.delete(socket));
  socket.on("error", () => {});
});
