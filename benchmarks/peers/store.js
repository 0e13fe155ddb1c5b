// One table of messages in Postgres, for the peers that store.
const { Pool } = require("pg");

const POOL = 10; // connections: the default of pg

// An object with add(room, body), or null where no DATABASE_URL says where to store.
exports.openStore = async () => {
  if (!process.env.DATABASE_URL) return null;
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: POOL });
  await pool.query(`CREATE TABLE IF NOT EXISTS peer_message (
    id bigserial PRIMARY KEY, room text NOT NULL, body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now())`);
  return {
    add: (room, body) =>
      pool.query({
        name: "add",
        text: "INSERT INTO peer_message (room, body) VALUES ($1, $2) RETURNING id",
        values: [room, body],
      }),
  };
};
