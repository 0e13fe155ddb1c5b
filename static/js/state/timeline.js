// @ts-check
/** @typedef {import("./types.js").Message} Message */

/** messages loaded or shown at one go */
export const PAGE = 50;
/** messages in the window at most; what is further off leaves the page */
export const WINDOW = 300;

/**
 * A window over the messages of one room: every seq from `low` to `high`, without a hole.
 *
 * It is anchored on the message that the reader looks at, or follows the newest. Whatever leads
 * somewhere (a link, the first unread, a date, a quote, "newest") is `open`; scrolling is `look`.
 * It grows at both ends by pages; `need` says what has to be read over HTTP before it can.
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

  /** The messages in the window, by seq. */
  get messages() {
    const messages = [];
    for (let seq = this.low; seq <= this.high; seq += 1) {
      messages.push(/** @type {Message} */ (this.#room.rows.get(seq)));
    }
    return messages;
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

  /** Takes part in what changed in the room. Call it after every change there. */
  update() {
    if (this.#isBroken()) this.#reopen();
    if (this.#isEmpty()) this.#enter();
    else if (this.following) this.#follow();
    else if (this.#size < WINDOW) this.#reach(this.low + WINDOW - 1);
    if (this.following) this.low = Math.max(this.low, this.high - WINDOW + 1);
  }

  /** Adds a page of older messages; drops the newest beyond the limit, but never the anchor. */
  growUp() {
    const furthest = this.anchor === null ? 1 : this.anchor - WINDOW + 1;
    const goal = Math.max(1, furthest, this.low - PAGE);
    while (this.low > goal && this.#has(this.low - 1)) this.low -= 1;
    if (this.#size > WINDOW) {
      this.high = this.low + WINDOW - 1;
      this.anchor ??= this.high;
    }
  }

  /** Adds a page of newer messages; drops the oldest beyond the limit, but never the anchor. */
  growDown() {
    const furthest = this.anchor === null ? Infinity : this.anchor + WINDOW - 1;
    this.#reach(Math.min(this.high + PAGE, furthest));
    this.low = Math.max(this.low, this.high - WINDOW + 1);
  }

  /**
   * What to read over HTTP, if anything, to fill the window (no direction) or to grow it.
   * @param {"up" | "down"} [direction]
   * @returns {{before: number} | {after: number} | {around: number} | {newest: true} | null}
   */
  need(direction) {
    if (this.#isEmpty()) return this.#needToEnter();
    if (this.following && !this.atEnd) {
      return this.newer > PAGE ? { newest: true } : { after: this.high };
    }
    if (direction === "down" && !this.atEnd && !this.#has(this.high + 1)) {
      return { after: this.high };
    }
    const wantsUp = direction === "up" || this.#size < PAGE / 2;
    if (wantsUp && !this.atStart && !this.#has(this.low - 1)) return { before: this.low };
    return null;
  }

  get #size() {
    return this.high - this.low + 1;
  }

  #isEmpty() {
    return this.high < this.low;
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

  /** Moves the newer end towards `goal`, as far as there is no hole. */
  #reach(/** @type {number} */ goal) {
    while (this.high < goal && this.#has(this.high + 1)) this.high += 1;
  }
}
