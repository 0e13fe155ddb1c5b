// @ts-check
/**
 * Keeps what was read last for when there is no network, and takes it up again: a room that was
 * open before is drawn at once, and what changed in it meanwhile is asked for. What the member may no
 * longer see is forgotten as soon as the server says so.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {import("../state/room.js").RoomState} RoomState
 * @typedef {import("../state/kept-storage.js").KeptRoom} KeptRoom
 */
import { KeptStorage, keyOf, pageRecord } from "../state/kept-storage.js";

/** rooms that are kept, those that were open last */
const ROOMS = 12;
/** messages kept of each */
const MESSAGES = 60;
/** ms in which many changes are written once */
const GATHER = 1500;

/** Begins to keep what this page shows. Does nothing in a browser that keeps nothing. */
export async function beginKeeping(/** @type {ChatClient} */ client) {
  try {
    await new Keeping(client, await KeptStorage.open()).begin();
  } catch {
    // The page works without: then it is only not there without a network.
  }
}

class Keeping {
  /** @type {Map<number, number>} ms when each kept room was open last, by id */
  #rooms = new Map();
  /** @type {Set<number>} rooms that have changed since they were written */
  #changed = new Set();
  /** @type {any} */
  #timer = null;
  #isOver = false;
  #client;
  #storage;

  /**
   * @param {ChatClient} client
   * @param {KeptStorage} storage
   */
  constructor(client, storage) {
    this.#client = client;
    this.#storage = storage;
  }

  async begin() {
    const { session, store } = this.#client;
    const kept = await this.#storage.read();
    if (kept.page && kept.page.page.user.id !== this.#client.me.id) {
      await this.#storage.clear();
      kept.rooms = [];
    }
    this.#rooms = new Map(kept.rooms.map(({ row, at }) => [row.id, at]));
    if (session.state === "stopped") return this.#stopped();
    session.on("hello", () => this.#greeted());
    session.on("state", (state) => state === "stopped" && void this.#stopped());
    store.on("room", (id) => this.#roomChanged(id));
    store.on("rooms", () => this.#writeSoon());
    store.on("left", (id) => void this.#forget([id]));
    store.on("epoch", () => void this.#forget([...this.#rooms.keys()]));
    this.#client.on("room", () => this.#visited());
    addEventListener("pagehide", () => void this.#write());
    this.#visited();
    // What was kept is of the database that the server tells of: only then can it be gone on from.
    if (store.epoch !== null) return this.#recall(kept);
    return session.on("hello", () => this.#recall(kept));
  }

  /** @param {import("../state/kept-storage.js").Kept} kept */
  #recall({ page, rooms }) {
    const { store } = this.#client;
    if (page?.epoch !== store.epoch) return void this.#forget(rooms.map(({ row }) => row.id));
    for (const { row, messages, members } of rooms.splice(0)) {
      store.recall(row.id, { version: row.version, messages, members });
    }
    return undefined;
  }

  #greeted() {
    const { rooms } = this.#client.store;
    void this.#forget([...this.#rooms.keys()].filter((id) => !rooms.has(id)));
    this.#writeSoon();
  }

  #visited() {
    const { openRoom } = this.#client;
    if (openRoom === null) return;
    this.#rooms.delete(openRoom);
    this.#rooms.set(openRoom, Date.now());
    this.#changed.add(openRoom);
    void this.#write();
  }

  #roomChanged(/** @type {number} */ id) {
    if (!this.#rooms.has(id)) return;
    this.#changed.add(id);
    this.#writeSoon();
  }

  #writeSoon() {
    this.#timer ??= this.#client.clock.after(() => void this.#write(), GATHER);
  }

  async #write() {
    this.#client.clock.cancel(this.#timer);
    this.#timer = null;
    if (this.#isOver) return;
    const surplus = [...this.#rooms].sort(([, a], [, b]) => b - a).slice(ROOMS);
    for (const [id] of surplus) this.#rooms.delete(id);
    const changed = [...this.#changed].map((id) => this.#record(id)).filter(isOne);
    this.#changed.clear();
    const gone = surplus.map(([id]) => keyOf(id));
    await this.#storage.write([this.#page(), ...changed], gone).catch(() => undefined);
  }

  #page() {
    const { limits, me, reach, store, urls } = this.#client;
    const rooms = [...store.rooms.values()].map(rowOf);
    const history = { messages: [], version: 0, last_seq: 0 };
    const page = { user: me, rooms, history, members: [], limits, urls, reach, first_visit: false };
    return pageRecord({ epoch: store.epoch, page: { ...page, room: null, at: null } });
  }

  /** @returns {KeptRoom | null} null where the newest message is not at hand */
  #record(/** @type {number} */ id) {
    const room = this.#client.store.rooms.get(id);
    const at = this.#rooms.get(id);
    if (!room || at === undefined) return null;
    const messages = newest(room);
    if (messages.length === 0) return null;
    const spoken = new Set(messages.flatMap((row) => [row.author, ...row.mentions]));
    const members = [...room.members.values()].filter(({ user }) => spoken.has(user));
    return { key: keyOf(id), at, row: rowOf(room), messages, members };
  }

  async #forget(/** @type {number[]} */ ids) {
    for (const id of ids) this.#rooms.delete(id);
    if (ids.length > 0) await this.#storage.write([], ids.map(keyOf)).catch(() => undefined);
  }

  /** The member was signed out, or is banned: nothing of theirs stays. */
  async #stopped() {
    this.#isOver = true;
    await this.#storage.clear().catch(() => undefined);
  }
}

/** The newest messages of a room, as far as there is no hole. */
function newest(/** @type {RoomState} */ { rows, lastSeq }) {
  const messages = [];
  for (let seq = lastSeq; messages.length < MESSAGES; seq -= 1) {
    const row = rows.get(seq);
    if (!row) break;
    messages.push(row);
  }
  return messages;
}

/**
 * A room as `hello` would tell of it.
 * @returns {import("../state/types.js").RoomRow}
 */
function rowOf(/** @type {RoomState} */ room) {
  const { id, kind, slug, name, topic, locked, archived, version, role, callers, unread } = room;
  const { notify, favourite, place, quietUntil, slowMode } = room;
  return {
    id, kind, slug, name, topic, locked, archived, version, role, callers, notify, favourite, place,
    slow_mode: slowMode,
    quiet_until: quietUntil === null ? null : new Date(quietUntil).toISOString(),
    with: room.with,
    last_seq: unread.lastSeq,
    read_seq: unread.readSeq,
    unread: unread.count,
    mentions: unread.mentions,
    unread_from: unread.mark ?? undefined,
  };
}

/** @returns {record is KeptRoom} */
function isOne(/** @type {KeptRoom | null} */ record) {
  return record !== null;
}
