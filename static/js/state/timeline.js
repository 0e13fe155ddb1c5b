// @ts-check
/** @typedef {import("./types.js").Message} Message */
import { isInRoom } from "./thread.js";

/** messages loaded, or shown where one comes to, at one go */
export const PAGE = 50;
/** messages shown more while one scrolls: as many as can be drawn within one frame of the screen */
export const STEP = 15;
/** messages shown of the window at most; what is further off leaves the page */
export const WINDOW = 300;

/**
 * A window over the messages of one room: every seq from `low` to `high`, without a hole. Replies
 * that are shown in their threads alone are passed over: many may lie between two that are shown.
 *
 * It is anchored on the message that the reader looks at, or follows the newest. Whatever leads
 * somewhere (a link, the first unread, a date, a quote, "newest") is `open`; scrolling is `look`.
 * It grows at both ends by steps; `need` says what has to be read over HTTP before it can.
 */
export class Timeline {
  low = 1;
  high = 0;
  /** @type {number | null} the seq that is looked at; null: the newest, whichever that is */
  anchor = null;
  /** Whether the anchor was asked for and is not on the screen yet. */
  isAwaited = false;
  #room;

  /** @param {{rows: Map<number, Message>, lastSeq: number}} room */
  constructor(room) {
    this.#room = room;
    this.open(null);
  }

  /** Whether the newest message stays in sight when others arrive. */
  get following() {
    return this.anchor === null;
  }

  /** Tells whether nothing newer exists beyond the window. */
  get atEnd() {
    return this.high >= this.#room.lastSeq;
  }

  /** Tells whether nothing older exists. */
  get atStart() {
    return this.low <= 1;
  }

  /** How many messages lie beyond the window. */
  get newer() {
    return Math.max(0, this.#room.lastSeq - this.high);
  }

  /** The messages in the window that are shown in the room, by seq. */
  get messages() {
    const messages = [];
    for (let seq = this.low; seq <= this.high; seq += 1) {
      const row = /** @type {Message} */ (this.#room.rows.get(seq));
      if (isInRoom(row)) messages.push(row);
    }
    return messages;
  }

  /** Whether nothing is in the window, because nothing was read or nothing was ever said. */
  get isEmpty() {
    return this.high < this.low;
  }

  /** Goes to `seq`, or to the newest message and follows it (null). */
  open(/** @type {number | null} */ seq) {
    const { lastSeq } = this.#room;
    this.anchor = seq === null || lastSeq === 0 ? null : Math.max(1, Math.min(seq, lastSeq));
    this.isAwaited = this.anchor !== null;
    this.low = 1;
    this.high = 0;
    this.update();
  }

  /** The reader looks at `seq`, or is at the end and follows it (null). */
  look(/** @type {number | null} */ seq) {
    this.anchor = seq;
    this.isAwaited = false;
  }

  /**
   * One comes back to the room: of what was shown, about a page around where one looks stays, and
   * what is new from `line` on. The rest is there again as soon as one scrolls to it.
   * @param {number | null} line
   */
  narrow(line) {
    if (this.isEmpty) return;
    const first = Math.max(this.low, Math.min(this.anchor ?? this.high, line ?? Infinity));
    const low = this.#back(first, this.following && line === null ? PAGE - 1 : PAGE / 2);
    const { high } = this;
    if (this.anchor !== null) {
      this.high = this.anchor;
      for (let left = PAGE; left > 0 && this.high < high; left -= this.#counts(this.high)) this.high += 1;
    }
    this.low = low;
  }

  /** Takes part in what changed in the room. Call it after every change there. */
  update() {
    if (this.#isBroken()) this.#reopen();
    if (this.isEmpty) this.#enter();
    else if (this.following) this.#follow();
    else this.#reach(Infinity, WINDOW - this.#shown(this.low, this.high));
    if (this.following) this.#dropOldest();
  }

  /** Adds some older messages; drops the newest beyond the limit, but never the anchor. */
  growUp() {
    const space = this.anchor === null ? Infinity : WINDOW - this.#shown(this.low, this.anchor);
    for (let left = Math.min(space, STEP); left > 0 && this.#has(this.low - 1); ) {
      this.low -= 1;
      left -= this.#counts(this.low);
    }
    let excess = this.#shown(this.low, this.high) - WINDOW;
    if (excess <= 0) return;
    for (; excess > 0; this.high -= 1) excess -= this.#counts(this.high);
    this.anchor ??= this.high;
  }

  /** Adds some newer messages; drops the oldest beyond the limit, but never the anchor. */
  growDown() {
    const space = this.anchor === null ? Infinity : WINDOW - this.#shown(this.anchor, this.high);
    this.#reach(Infinity, Math.min(space, STEP));
    this.#dropOldest();
  }

  /**
   * What to read over HTTP, if anything, to fill the window (no direction) or to grow it.
   * @param {"up" | "down"} [direction]
   * @returns {{before: number} | {after: number} | {around: number} | {newest: true} | null}
   */
  need(direction) {
    if (this.isEmpty) return this.#needToEnter();
    if (this.following && !this.atEnd) {
      return this.newer > PAGE ? { newest: true } : { after: this.high };
    }
    if (direction === "down" && !this.atEnd && !this.#has(this.high + 1)) {
      return { after: this.high };
    }
    const wantsUp = direction === "up" || this.#shown(this.low, this.high) < PAGE / 2;
    if (wantsUp && !this.atStart && !this.#has(this.low - 1)) return { before: this.low };
    return null;
  }

  /** 1 for a message that is shown in the room, 0 for one that is not. */
  #counts(/** @type {number} */ seq) {
    const row = this.#room.rows.get(seq);
    return row && !isInRoom(row) ? 0 : 1;
  }

  /**
   * How many from `low` to `high` are shown in the room.
   * @param {number} low
   * @param {number} high
   */
  #shown(low, high) {
    let shown = 0;
    for (let seq = low; seq <= high; seq += 1) shown += this.#counts(seq);
    return shown;
  }

  /**
   * The seq in the window from which on so many are shown before `seq`.
   * @param {number} seq
   * @param {number} many
   */
  #back(seq, many) {
    let low = seq;
    for (let left = many; left > 0 && low > this.low; left -= this.#counts(low)) low -= 1;
    return low;
  }

  #dropOldest() {
    let excess = this.#shown(this.low, this.high) - WINDOW;
    for (; excess > 0; this.low += 1) excess -= this.#counts(this.low);
  }

  #has(/** @type {number} */ seq) {
    return this.#room.rows.has(seq);
  }

  /** After a reset, rows of the window may be gone; it enters anew at its anchor. */
  #isBroken() {
    for (let seq = this.low; seq <= this.high; seq += 1) if (!this.#has(seq)) return true;
    return false;
  }

  #reopen() {
    this.low = 1;
    this.high = 0;
  }

  /** The message to enter at. */
  #entry() {
    return Math.max(1, Math.min(this.anchor ?? Infinity, this.#room.lastSeq));
  }

  #needToEnter() {
    if (this.#room.lastSeq === 0) return null;
    return this.following ? { newest: /** @type {true} */ (true) } : { around: this.#entry() };
  }

  #enter() {
    const entry = this.#entry();
    if (!this.#has(entry)) return;
    this.low = this.high = entry;
    const below = this.following ? 0 : PAGE / 2;
    this.#reach(entry + below);
    const goal = Math.max(1, this.high - PAGE + 1);
    while (this.low > goal && this.#has(this.low - 1)) this.low -= 1;
  }

  /** Reaches for the newest message; where there is a hole before it, leaves for its far side. */
  #follow() {
    this.#reach(Infinity);
    if (this.atEnd || !this.#has(this.#room.lastSeq)) return;
    this.#reopen();
    this.#enter();
  }

  /**
   * Moves the newer end towards `goal`, as far as there is no hole, over at most `space` that are
   * shown.
   * @param {number} goal
   * @param {number} [space]
   */
  #reach(goal, space = Infinity) {
    for (let left = space; this.high < goal && this.#has(this.high + 1) && left > 0; ) {
      this.high += 1;
      left -= this.#counts(this.high);
    }
  }
}
