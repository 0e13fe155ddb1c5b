// @ts-check
/**
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").RoomRow} RoomRow
 * @typedef {import("../state/room.js").RoomState} RoomState
 */
import { ReadReports } from "../state/reading.js";
import { isInRoom } from "../state/thread.js";
import { ahead } from "../view/until.js";

/** messages looked through at one go for the first that is unread */
const LOOK_THROUGH = 200;

/** What this member has read: the positions that are told, and the lines above what is new. */
export class Reading {
  /** @type {Map<number, number | null>} the seq above which each room's unread line stands */
  #lines = new Map();
  /** @type {number | null} the open room, marked unread since it was opened: looking reads nothing */
  #kept = null;
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

  /** Unread mentions in all rooms together. */
  get mentions() {
    let mentions = 0;
    for (const room of this.#client.store.rooms.values()) mentions += room.unread.mentions;
    return mentions;
  }

  /**
   * Everything unread that asks for this member: mentions, and what is said to them directly.
   * Nothing while they asked not to be disturbed.
   */
  get calls() {
    const { me, people } = this.#client;
    if (ahead(people.get(me.id).dnd_until) !== null) return 0;
    let calls = 0;
    for (const room of this.#client.store.rooms.values()) {
      calls += room.calls;
    }
    return calls;
  }

  /** Everything up to `seq` of the open room is on a screen; it is read if somebody looks at it. */
  seen(/** @type {number} */ seq) {
    const { room, screen } = this.#client;
    if (!room || !screen.attended || room.id === this.#kept) return;
    this.#read(room, pastReplies(room, seq));
  }

  /** A room is opened: a line stands above what is new in it. */
  entered(/** @type {RoomState} */ room) {
    this.#kept = null;
    this.#lines.set(room.id, room.unread.count > 0 ? room.unread.position + 1 : null);
  }

  /** The line of a room is done with: it was left, or answered. */
  eraseLine(/** @type {number} */ room) {
    this.#lines.delete(room);
  }

  /** The member wrote in a room: all that was said there is read. */
  wrote(/** @type {number} */ room) {
    if (this.#kept === room) this.#kept = null;
    this.eraseLine(room);
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
    if (!room || room.id === this.#kept || (screen.attended && timeline?.following)) return;
    const isReadOn = this.line !== null && this.line <= room.unread.position;
    if (this.line === null || isReadOn) this.#lines.set(room.id, seq);
  }

  /**
   * `read` came. Where the open room was marked, here or on another device, what is on the screen
   * stays unread until the room is opened again, or written in.
   * @param {{room: number, read_seq: number, unread_from?: number, unread?: number}} frame
   */
  told(frame) {
    this.#client.store.readTold(frame);
    if (frame.room !== this.#client.openRoom || frame.unread === undefined) return;
    this.#kept = frame.room;
    this.#lines.set(frame.room, frame.unread_from ?? null);
    this.#client.tell("timeline");
  }

  /** Makes everything from a message of the open room on unread, on all devices. */
  async markUnread(/** @type {number} */ seq) {
    const { openRoom, api } = this.#client;
    if (openRoom === null) return;
    await api.markUnread(openRoom, seq).catch((error) => this.#client.refused(error));
  }

  /** Takes everything in a room as read. */
  markRead(/** @type {RoomState} */ room) {
    if (this.#kept === room.id) this.#kept = null;
    this.#read(room, room.lastSeq);
  }

  /** Takes everything in all rooms as read. */
  async markAllRead() {
    this.#kept = null;
    await this.#client.api.readAll().catch((error) => this.#client.refused(error));
  }

  /**
   * The first unread message of a room, read from the server; null where there is none, or it lies
   * beyond all that is looked through. Rejects with Lost or Refusal.
   * @param {RoomState} room
   * @returns {Promise<Message | null>}
   */
  async firstUnread(room) {
    const where = { after: room.unread.position, limit: LOOK_THROUGH };
    const { messages } = await this.#client.api.messages(room.id, where);
    return messages.find((message) => room.unread.isCounted(message)) ?? null;
  }

  #read(/** @type {RoomState} */ room, /** @type {number} */ seq) {
    const upTo = Math.min(seq, room.lastSeq);
    if (this.#client.store.read(room.id, upTo)) this.#reports.report(room.id, upTo);
  }
}

/**
 * Replies that are shown in their threads alone are passed with what stands above them.
 * @param {RoomState} room
 * @param {number} seq
 */
function pastReplies(room, seq) {
  let last = seq;
  for (let next; (next = room.rows.get(last + 1)) && !isInRoom(next); ) last += 1;
  return last;
}
