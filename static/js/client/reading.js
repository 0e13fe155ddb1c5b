// @ts-check
/**
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").RoomRow} RoomRow
 * @typedef {import("../state/room.js").RoomState} RoomState
 */
import { ReadReports } from "../state/reading.js";

/** What this member has read: the positions that are told, and the lines above what is new. */
export class Reading {
  /** @type {Map<number, number | null>} the seq above which each room's unread line stands */
  #lines = new Map();
  #client;
  #reports;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
    this.#reports = new ReadReports(
      (room, seq) => client.session.send({ type: "read", room, seq }) !== null,
      client.clock,
    );
  }

  /** The seq above which the open room's unread line stands. */
  get line() {
    const { openRoom } = this.#client;
    return openRoom === null ? null : (this.#lines.get(openRoom) ?? null);
  }

  /** Everything unread that asks for this member: mentions, and what is said to them directly. */
  get calls() {
    let calls = 0;
    for (const room of this.#client.store.rooms.values()) {
      if (room.notify === "nothing") continue;
      calls += room.kind === "direct" ? room.unread.count : room.unread.mentions;
    }
    return calls;
  }

  /** Everything up to `seq` of the open room is on a screen; it is read if somebody looks at it. */
  seen(/** @type {number} */ seq) {
    const { room, screen, store } = this.#client;
    if (!room || !screen.attended) return;
    if (store.read(room.id, seq)) this.#reports.report(room.id, room.unread.readSeq);
  }

  /** A room is opened: a line stands above what is new in it. */
  entered(/** @type {RoomState} */ room) {
    this.#lines.set(room.id, room.unread.count > 0 ? room.unread.readSeq + 1 : null);
  }

  /** The line of a room is done with: it was left, or answered. */
  eraseLine(/** @type {number} */ room) {
    this.#lines.delete(room);
  }

  /** `hello` came: tells the server what it does not know yet. */
  greeted(/** @type {RoomRow[]} */ rows) {
    for (const row of rows) {
      const readSeq = this.#client.store.rooms.get(row.id)?.unread.readSeq ?? 0;
      if (readSeq > row.read_seq) this.#reports.report(row.id, readSeq);
    }
    this.#reports.flush();
  }

  /** What comes while nobody looks, or below what is looked at, gets a line above it. */
  arrived(/** @type {number} */ seq) {
    const { room, timeline, screen } = this.#client;
    if (!room || (screen.attended && timeline?.following)) return;
    const isReadOn = this.line !== null && this.line <= room.unread.readSeq;
    if (this.line === null || isReadOn) this.#lines.set(room.id, seq);
  }
}
