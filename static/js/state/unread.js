// @ts-check
/** @typedef {import("./types.js").Message} Message */

/** The server counts no further: this many means that many or more. */
const UNREAD_CAP = 100;

/**
 * One member's read position in one room, the mark beside it, and what follows from both.
 *
 * The position only grows. The mark makes what was read count again, from there on, until the
 * member reads on. The counts start from the server's own and move with each row; where every
 * message past the position is at hand they are counted anew, so that they cannot stick.
 */
export class Unread {
  readSeq = 0;
  lastSeq = 0;
  /** @type {number | null} the seq from which on all is unread again; never past `readSeq` */
  mark = null;
  count = 0;
  mentions = 0;
  /** The version of the room whose rows the server's count already knew. */
  #version = 0;
  /** The last message that was counted, held or not. */
  #countedSeq = 0;
  #me;
  /** The last message there was when the server counted: what comes after it comes to one who is here. */
  #toldSeq = 0;
  /** @type {Set<number>} the messages before that which called this member by @here */
  #here = new Set();

  /** @param {number} me */
  constructor(me) {
    this.#me = me;
  }

  /** The last message that counts as read. */
  get position() {
    return this.mark === null ? this.readSeq : this.mark - 1;
  }

  /**
   * Takes the server's count, as `hello` gives it. A position that is further on here stays: it
   * is on its way to the server.
   * @param {Pick<import("./types.js").RoomRow,
   *   "read_seq" | "last_seq" | "unread" | "mentions" | "version" | "unread_from" | "here">} row
   * @param {Map<number, Message>} rows
   */
  restore(row, rows) {
    const readHere = this.readSeq;
    this.readSeq = row.read_seq;
    this.lastSeq = row.last_seq;
    this.mark = row.unread_from ?? null;
    this.count = row.unread;
    this.mentions = row.mentions;
    this.#version = row.version;
    this.#countedSeq = this.#toldSeq = row.last_seq;
    this.#here = new Set(row.here ?? []);
    if (readHere > row.read_seq) this.readTo(readHere, rows);
  }

  /** Begins anew, as after the database was replaced. */
  forget() {
    this.readSeq = this.lastSeq = this.count = this.mentions = 0;
    this.mark = null;
    this.#version = this.#countedSeq = this.#toldSeq = 0;
    this.#here.clear();
  }

  /** Rows may now be dropped from memory: what was counted stays counted. */
  settle() {
    this.#countedSeq = this.lastSeq;
  }

  /**
   * Messages were skipped: the rows that came as of `version` are not all that happened.
   * @param {number} version
   * @param {Map<number, Message>} rows
   */
  skipped(version, rows) {
    if (version <= this.#version) return;
    this.count = Math.max(this.count, Math.min(UNREAD_CAP, this.lastSeq - this.position));
    this.#recount(0, 0, rows);
  }

  /**
   * A row came in place of `held`. Call it after the row was put among `rows`.
   * @param {Message} row
   * @param {Message | undefined} held
   * @param {Map<number, Message>} rows
   */
  arrived(row, held, rows) {
    this.lastSeq = Math.max(this.lastSeq, row.seq);
    if (row.author === this.#me) {
      if (row.seq <= this.readSeq) return;
      this.mark = null; // writing reads all that was said
      this.readTo(row.seq, rows);
      return;
    }
    if (row.seq <= this.position || row.version <= this.#version) return;
    const wasCounted = held ? !held.deleted : row.seq <= this.#countedSeq;
    const mentionedBefore = held ? this.#mentioned(held) : wasCounted && this.#mentioned(row);
    this.count = Math.max(0, this.count + Number(!row.deleted) - Number(wasCounted));
    this.mentions += Number(this.#mentioned(row)) - Number(mentionedBefore);
    this.mentions = Math.min(this.count, Math.max(0, this.mentions));
  }

  /**
   * The member read up to `seq`: the position moves there, never back, and the mark with it; it
   * goes once all that was marked is read. Tells whether anything moved.
   * @param {number} seq
   * @param {Map<number, Message>} rows
   */
  readTo(seq, rows) {
    const before = this.position;
    const target = Math.min(seq, this.lastSeq);
    if (target <= before) return false;
    this.readSeq = Math.max(this.readSeq, target);
    this.mark = target < this.readSeq ? target + 1 : null;
    this.#passed(before, rows);
    return true;
  }

  /**
   * The member read or marked elsewhere, as the server tells it; the counts come with a new mark.
   * @param {{read_seq: number, unread_from?: number | null, unread?: number, mentions?: number,
   *   here?: number[]}} told
   * @param {Map<number, Message>} rows
   */
  told(told, rows) {
    const before = this.position;
    // It may be ahead of the messages: what was read elsewhere is read also where it comes late.
    this.readSeq = Math.max(this.readSeq, told.read_seq);
    this.mark = told.unread_from ?? null;
    if (told.unread === undefined) return this.#passed(before, rows);
    this.count = told.unread;
    this.mentions = told.mentions ?? 0;
    for (const seq of told.here ?? []) this.#here.add(seq);
    return this.#recount(0, 0, rows);
  }

  /**
   * The position is no longer `before`: counts what lies between as read, where it went on.
   * @param {number} before
   * @param {Map<number, Message>} rows
   */
  #passed(before, rows) {
    let read = 0;
    let readMentions = 0;
    for (let passed = before + 1; passed <= this.position; passed += 1) {
      const row = rows.get(passed);
      if (!row || this.#counts(row)) read += 1;
      if (row && this.#mentioned(row)) readMentions += 1;
    }
    this.#recount(read, readMentions, rows);
  }

  /**
   * @param {number} read
   * @param {number} readMentions
   * @param {Map<number, Message>} rows
   */
  #recount(read, readMentions, rows) {
    const ahead = this.lastSeq - this.position;
    if (ahead <= UNREAD_CAP * 3) {
      const past = [];
      for (let seq = this.position + 1; seq <= this.lastSeq; seq += 1) past.push(rows.get(seq));
      if (past.every((row) => row !== undefined)) {
        this.count = past.filter((row) => this.#counts(/** @type {Message} */ (row))).length;
        this.mentions = past.filter((row) => this.#mentioned(/** @type {Message} */ (row))).length;
        return;
      }
    }
    // The server's count may have stopped at its cap: then what is read of it tells nothing.
    const left = this.count >= UNREAD_CAP ? this.count : Math.max(0, this.count - read);
    this.count = Math.min(ahead, left);
    this.mentions = Math.min(this.count, Math.max(0, this.mentions - readMentions));
  }

  /** Whether a message past the position is unread: it is another's, and still there. */
  isCounted(/** @type {Message} */ row) {
    return row.seq > this.position && this.#counts(row);
  }

  /** @param {Message} row */
  #counts(row) {
    return !row.deleted && row.author !== this.#me;
  }

  /** @param {Message} row */
  #mentioned(row) {
    if (!this.#counts(row)) return false;
    return row.mentions.includes(this.#me) || this.calls(row);
  }

  /** Whether a message calls this member together with others. */
  calls(/** @type {Message} */ row) {
    if (row.call === "here") return row.seq > this.#toldSeq || this.#here.has(row.seq);
    return row.call === "room";
  }
}
