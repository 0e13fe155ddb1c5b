// @ts-check
/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Member} Member
 * @typedef {import("./types.js").Person} Person
 * @typedef {import("./types.js").Info} Info
 * @typedef {import("./types.js").RoomRow} RoomRow
 * @typedef {import("./types.js").Changes} Changes
 */
import { Unread } from "./unread.js";

/**
 * What this client knows of one room. Rows are whole and carry the version of their last change,
 * so a newer one simply replaces an older, whichever way it came.
 *
 * Rows may have gaps: a change to an old message is kept although its neighbours were never
 * loaded, because a page of history that was read before that change may still be under way.
 */
export class RoomState {
  /** @type {Map<number, Message>} by seq */
  rows = new Map();
  /** @type {Map<number, Message>} by id */
  byId = new Map();
  /** @type {Map<number, Member>} by user */
  members = new Map();
  membersLoaded = false;
  version = 0;
  slug = "";
  name = "";
  topic = "";
  locked = false;
  archived = false;
  slowMode = 0; // s between two messages of one member
  role = "member";
  callers = "stewards";
  /** who may write: "members", or only owners and moderators, the "stewards" */
  writers = "members";
  /** @type {number | null} ms of the server's clock until which moderators let this member not write */
  mutedUntil = null;
  notify = "mentions";
  favourite = false;
  /** @type {number | null} its place in the member's own order */
  place = null;
  /** @type {number | null} ms until which it is to tell of nothing */
  quietUntil = null;
  /** @type {Person[]} the others of a direct room */
  with = [];
  #infoVersion = 0;
  #me;

  /**
   * @param {RoomRow} row
   * @param {number} me
   */
  constructor(row, me) {
    this.#me = me;
    this.id = row.id;
    this.kind = row.kind;
    this.#me = me;
    this.unread = new Unread(me);
    this.version = row.version;
    this.greet(row);
  }

  /** Whether anything is held that a missed change would make untrue. */
  get holdsContent() {
    return this.rows.size > 0 || this.membersLoaded;
  }

  get lastSeq() {
    return this.unread.lastSeq;
  }

  /** Takes the room's row from `hello` or `room`: names, rights and the server's count. */
  greet(/** @type {RoomRow} */ row) {
    this.slug = row.slug;
    this.name = row.name;
    this.topic = row.topic ?? "";
    this.locked = row.locked ?? false;
    this.archived = row.archived ?? false;
    this.slowMode = row.slow_mode ?? 0;
    this.role = row.role;
    this.callers = row.callers ?? "stewards";
    this.writers = row.writers ?? "members";
    this.mute(row.muted_until);
    this.arrange(row);
    this.with = row.with ?? [];
    this.unread.restore(row, this.rows);
  }

  /**
   * Takes how the member wants the room.
   * @param {{notify: string, quiet_until?: string | null, favourite?: boolean, place?: number | null}} seat
   */
  arrange(seat) {
    this.notify = seat.notify;
    this.favourite = seat.favourite ?? false;
    this.place = seat.place ?? null;
    this.quietUntil = seat.quiet_until ? Date.parse(seat.quiet_until) : null;
  }

  /** Whether the room is to tell of nothing now. */
  get isQuiet() {
    return this.notify === "nothing" || (this.quietUntil !== null && this.quietUntil > Date.now());
  }

  /** How often it asks for this member: mentions, or all that is said to them directly. */
  get calls() {
    if (this.isQuiet) return 0;
    return this.kind === "direct" ? this.unread.count : this.unread.mentions;
  }

  /** Whether its lamp is lit: something is new in it that may be told. */
  get isLit() {
    return this.calls > 0 || (this.unread.count > 0 && this.notify === "all" && !this.isQuiet);
  }

  /** Whether this member looks after the room. */
  get isSteward() {
    return this.role === "owner" || this.role === "moderator";
  }

  /** Whether this member may write here. */
  get isWritable() {
    const isReadOnly = this.writers === "stewards" && !this.isSteward;
    return !(this.locked || this.archived || isReadOnly || this.mutedUntil !== null);
  }

  /** Until then this member may not write here; with nothing they may. */
  mute(/** @type {string | null | undefined} */ until) {
    this.mutedUntil = until ? Date.parse(until) : null;
  }

  /** Applies a `changes` frame that follows what is known. */
  apply(/** @type {Changes} */ frame) {
    this.#take(frame);
    this.version = frame.to;
  }

  /** Forgets what is cached and takes the newest page instead. */
  reset(/** @type {Changes} */ frame) {
    this.forgetContent();
    if (frame.members.length > 0) this.membersLoaded = true;
    this.#take(frame);
    this.unread.skipped(frame.to, this.rows);
    this.version = frame.to;
  }

  forgetContent() {
    this.rows.clear();
    this.byId.clear();
    this.members.clear();
    this.membersLoaded = false;
    this.#infoVersion = 0;
  }

  /** Takes rows read over HTTP; they may be older or newer than what is known. */
  takeMessages(/** @type {Message[]} */ messages) {
    for (const row of messages.toSorted((a, b) => a.seq - b.seq)) this.#takeMessage(row);
  }

  takeMembers(/** @type {Member[]} */ members) {
    for (const row of members) {
      const held = this.members.get(row.user);
      if (held && held.version >= row.version) continue;
      this.members.set(row.user, row);
      if (row.user === this.#me && row.role) this.role = row.role;
    }
  }

  /** Drops the rows outside `low`–`high`; they can be read again over HTTP. */
  trim(/** @type {number} */ low, /** @type {number} */ high) {
    this.unread.settle();
    for (const [seq, row] of this.rows) {
      if (seq >= low && seq <= high) continue;
      this.rows.delete(seq);
      this.byId.delete(row.id);
    }
  }

  #take(/** @type {Changes} */ frame) {
    this.takeMessages(frame.messages);
    this.takeMembers(frame.members);
    if (frame.info && frame.info.version > this.#infoVersion) this.#takeInfo(frame.info);
  }

  #takeMessage(/** @type {Message} */ row) {
    const held = this.rows.get(row.seq);
    if (held && held.version >= row.version) return;
    this.rows.set(row.seq, row);
    this.byId.set(row.id, row);
    this.unread.arrived(row, held, this.rows);
  }

  #takeInfo(/** @type {Info} */ info) {
    this.#infoVersion = info.version;
    this.slug = info.slug;
    if (this.kind !== "direct") this.name = info.name;
    this.topic = info.topic;
    this.locked = info.locked;
    this.archived = info.archived;
    this.slowMode = info.slow_mode;
    this.callers = info.callers ?? "stewards";
    this.writers = info.writers ?? "members";
  }
}
