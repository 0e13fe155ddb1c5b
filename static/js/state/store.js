// @ts-check
/**
 * Every room of the member, kept true by the client's rule of docs/protocol.md: take what
 * follows, ignore what is old, hold what comes too early, ask for what is missing.
 *
 * @typedef {import("./types.js").RoomRow} RoomRow
 * @typedef {import("./types.js").Changes} Changes
 * @typedef {import("./types.js").Hello} Hello
 * @typedef {import("./types.js").HistoryPage} HistoryPage
 * @typedef {import("./types.js").Member} Member
 * @typedef {import("../clock.js").Clock} Clock
 */
import { Emitter } from "../emitter.js";
import { RoomState } from "./room.js";

/** ms that a frame ahead of its turn is held for the missing one */
export const HOLD = 300;
/** ms until an unanswered sync is asked again */
export const SYNC_PATIENCE = 8000;
/** ms until a sync that was refused for the moment is asked again */
export const SYNC_RETRY = 1500;

/** What a room waits for. */
class Catching {
  /** @type {Changes[]} frames ahead of their turn */
  held = [];
  /** @type {any} */
  timer = null;
  /** @type {string | number | null} */
  ref = null;
}

/**
 * Tells `room` (a room's id) when something in it changed, `history` (the id) when more of it was
 * read, `rooms` when the list of rooms changed, `left` (the id) when a room went.
 */
export class Store extends Emitter {
  /** @type {Map<number, RoomState>} */
  rooms = new Map();
  /** @type {string | null} */
  epoch = null;
  /** @type {Map<number, Catching>} */
  #catching = new Map();
  #me;
  #clock;
  #askSync;

  /**
   * @param {object} options
   * @param {number} options.me
   * @param {Clock} options.clock
   * @param {(rooms: Record<string, number>) => string | number | null} options.askSync
   *   sends `sync` and gives its ref; null while no socket is open (`hello` will come)
   */
  constructor({ me, clock, askSync }) {
    super();
    this.#me = me;
    this.#clock = clock;
    this.#askSync = askSync;
  }

  /** Takes the rooms that came with the page, before any socket. */
  begin(/** @type {RoomRow[]} */ rows) {
    for (const row of rows) this.rooms.set(row.id, new RoomState(row, this.#me));
    this.tell("rooms");
  }

  /** Takes `hello`: the rooms as they are now, and asks for what was missed meanwhile. */
  hello(/** @type {Hello} */ frame) {
    this.disconnected();
    if (this.epoch !== null && this.epoch !== frame.epoch) this.#forgetAll();
    this.epoch = frame.epoch;
    const present = new Set(frame.rooms.map((row) => row.id));
    for (const id of [...this.rooms.keys()]) if (!present.has(id)) this.left(id);
    /** @type {number[]} */
    const behind = [];
    for (const row of frame.rooms) if (this.#greet(row)) behind.push(row.id);
    this.tell("rooms");
    this.#sync(behind);
  }

  /** The socket is gone: whatever was awaited on it will not come. */
  disconnected() {
    for (const catching of this.#catching.values()) this.#clock.cancel(catching.timer);
    this.#catching.clear();
  }

  /** Applies one `changes` frame, live or asked for. */
  receive(/** @type {Changes} */ frame) {
    const room = this.rooms.get(frame.room);
    if (!room) return;
    const catching = this.#catchingOf(room.id);
    const awaited = frame.ref != null && frame.ref === catching.ref;
    if (awaited) this.#synced(catching);
    if (frame.reset && (awaited || frame.to > room.version)) room.reset(frame);
    else if (frame.to > room.version && frame.from <= room.version) room.apply(frame);
    else if (frame.from > room.version) catching.held.push(frame);
    this.#drain(room, catching);
    if (awaited && frame.more) this.#sync([room.id]);
    this.tell("room", room.id);
  }

  /**
   * A sync was refused, for one of its rooms or as a whole.
   * @param {{ref?: string | number | null, room?: number, code: string}} error
   */
  syncRefused({ ref, room, code }) {
    for (const [id, catching] of [...this.#catching]) {
      if (ref == null || catching.ref !== ref || (room !== undefined && room !== id)) continue;
      this.#synced(catching);
      if (code === "not_found" || code === "forbidden") this.left(id);
      else catching.timer = this.#clock.after(() => this.#sync([id]), SYNC_RETRY);
    }
  }

  /** The server had to leave frames out for these rooms. */
  lagged(/** @type {number[]} */ ids) {
    this.#sync(ids.filter((id) => this.rooms.has(id)));
  }

  /** A room just joined, or joined again: nothing held of it counts any more. */
  joined(/** @type {RoomRow} */ row) {
    this.#stopCatching(row.id);
    this.rooms.set(row.id, new RoomState(row, this.#me));
    this.tell("rooms");
    this.tell("room", row.id);
  }

  /** The member wants some rooms differently, here or on another device. */
  arranged(/** @type {import("./types.js").SeatRow[]} */ seats) {
    for (const seat of seats) this.rooms.get(seat.room)?.arrange(seat);
    this.tell("rooms");
  }

  left(/** @type {number} */ id) {
    this.#stopCatching(id);
    if (!this.rooms.delete(id)) return;
    this.tell("rooms");
    this.tell("left", id);
  }

  /** Takes a page of history. */
  history(/** @type {number} */ id, /** @type {HistoryPage} */ page) {
    const room = this.rooms.get(id);
    if (!room) return;
    const { count, mentions } = room.unread;
    room.takeMessages(page.messages);
    if (room.unread.count !== count || room.unread.mentions !== mentions) this.tell("rooms");
    this.tell("history", id);
  }

  /** Takes the whole list of a room's members, former ones included. */
  membersPage(/** @type {number} */ id, /** @type {Member[]} */ members) {
    const room = this.rooms.get(id);
    if (!room) return;
    room.takeMembers(members);
    room.membersLoaded = true;
    this.tell("room", id);
  }

  /**
   * Takes what was kept of a room since it was open last, as of `version`, unless more is held by
   * now; what changed in it since is asked for.
   * @param {number} id
   * @param {{version: number, messages: import("./types.js").Message[], members: Member[]}} kept
   */
  recall(id, { version, messages, members }) {
    const room = this.rooms.get(id);
    if (!room || room.holdsContent || version > room.version) return;
    room.takeMessages(messages);
    room.takeMembers(members);
    const isBehind = version < room.version;
    room.version = version;
    if (isBehind) this.#sync([id]);
    this.tell("room", id);
  }

  /** Moves the read position. Tells whether it moved. */
  read(/** @type {number} */ id, /** @type {number} */ seq) {
    const room = this.rooms.get(id);
    if (!room?.unread.readTo(seq, room.rows)) return false;
    this.tell("rooms");
    return true;
  }

  /**
   * Takes `read`: the member read, or marked, here or elsewhere.
   * @param {{room: number, read_seq: number, unread_from?: number | null, unread?: number}} frame
   */
  readTold(frame) {
    const room = this.rooms.get(frame.room);
    if (!room) return;
    room.unread.told(frame, room.rows);
    this.tell("rooms");
  }

  /** Whether changes of this room are awaited, so that a gap in it will close by itself. */
  isCatchingUp(/** @type {number} */ id) {
    const catching = this.#catching.get(id);
    return catching !== undefined && (catching.ref !== null || catching.held.length > 0);
  }

  #forgetAll() {
    for (const room of this.rooms.values()) {
      room.forgetContent();
      room.unread.forget();
      room.version = 0;
    }
    this.tell("epoch");
  }

  /** @returns {boolean} whether the room has to be synced */
  #greet(/** @type {RoomRow} */ row) {
    const room = this.rooms.get(row.id);
    if (!room) {
      this.rooms.set(row.id, new RoomState(row, this.#me));
      return false;
    }
    room.greet(row);
    if (room.holdsContent) return room.version !== row.version;
    room.version = row.version;
    this.tell("room", row.id);
    return false;
  }

  /** Takes the held frames whose turn has come; waits, then asks, for what still lacks. */
  #drain(/** @type {RoomState} */ room, /** @type {Catching} */ catching) {
    catching.held.sort((a, b) => a.from - b.from);
    while (catching.held.length > 0 && catching.held[0].from <= room.version) {
      const frame = /** @type {Changes} */ (catching.held.shift());
      if (frame.to > room.version) room.apply(frame);
    }
    if (catching.ref !== null) return;
    if (catching.held.length === 0) this.#stopCatching(room.id);
    else catching.timer ??= this.#clock.after(() => this.#sync([room.id]), HOLD);
  }

  #sync(/** @type {number[]} */ ids) {
    const asked = ids.filter((id) => this.rooms.has(id));
    if (asked.length === 0) return;
    const versions = Object.fromEntries(asked.map((id) => [id, this.#room(id).version]));
    const ref = this.#askSync(versions);
    if (ref === null) return;
    for (const id of asked) {
      const catching = this.#catchingOf(id);
      this.#clock.cancel(catching.timer);
      catching.ref = ref;
      catching.timer = this.#clock.after(() => this.#sync([id]), SYNC_PATIENCE);
    }
  }

  #synced(/** @type {Catching} */ catching) {
    this.#clock.cancel(catching.timer);
    catching.timer = null;
    catching.ref = null;
  }

  #catchingOf(/** @type {number} */ id) {
    const catching = this.#catching.get(id) ?? new Catching();
    this.#catching.set(id, catching);
    return catching;
  }

  #stopCatching(/** @type {number} */ id) {
    const catching = this.#catching.get(id);
    if (!catching) return;
    this.#clock.cancel(catching.timer);
    this.#catching.delete(id);
  }

  #room(/** @type {number} */ id) {
    return /** @type {RoomState} */ (this.rooms.get(id));
  }
}
