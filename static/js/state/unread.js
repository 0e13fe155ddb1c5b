// @ts-check
/** @typedef {import("./types.js").Message} Message */

/** The server counts no further: this many means that many or more. */
export const UNREAD_CAP = 100;

/**
 * One member's read position in one room, and what follows from it.
 *
 * The position only grows. The counts start from the server's own and move with each row; where
 * every message past the position is at hand they are counted anew, so that they cannot stick.
 */
export class Unread {
  readSeq = 0;
  lastSeq = 0;
  count = 0;
  mentions = 0;
  /** The version of the room whose rows the server's count already knew. */
  #version = 0;
  /** The last message that was counted, held or not. */
  #countedSeq = 0;
  #me;

  /** @param {number} me */
  constructor(me) {
    this.#me = me;
  }

  /**
   * Takes the server's count, as `hello` gives it. A position that is further on here stays: it
   * is on its way to the server.
   * @param {{read_seq: number, last_seq: number, unread: number, mentions: number, version: number}} row
   * @param {Map<number, Message>} rows
   */
  restore(row, rows) {
    const readHere = this.readSeq;
    this.readSeq = row.read_seq;
    this.lastSeq = row.last_seq;
    this.count = row.unread;
    this.mentions = row.mentions;
    this.#version = row.version;
    this.#countedSeq = row.last_seq;
    if (readHere > row.read_seq) this.readTo(readHere, rows);
  }

  /** Begins anew, as after the database was replaced. */
  forget() {
    this.readSeq = this.lastSeq = this.count = this.mentions = 0;
    this.#version = this.#countedSeq = 0;
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
    this.count = Math.max(this.count, Math.min(UNREAD_CAP, this.lastSeq - this.readSeq));
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
      this.readTo(row.seq, rows);
      return;
    }
    if (row.seq <= this.readSeq || row.version <= this.#version) return;
    const wasCounted = held ? !held.deleted : row.seq <= this.#countedSeq;
    const mentionedBefore = held ? this.#mentioned(held) : wasCounted && this.#mentioned(row);
    this.count = Math.max(0, this.count + Number(!row.deleted) - Number(wasCounted));
    this.mentions += Number(this.#mentioned(row)) - Number(mentionedBefore);
    this.mentions = Math.min(this.count, Math.max(0, this.mentions));
  }

  /**
   * Moves the position to `seq`, never back. Tells whether it moved.
   * @param {number} seq
   * @param {Map<number, Message>} rows
   */
  readTo(seq, rows) {
    const target = Math.min(seq, this.lastSeq);
    if (target <= this.readSeq) return false;
    let read = 0;
    let readMentions = 0;
    for (let passed = this.readSeq + 1; passed <= target; passed += 1) {
      const row = rows.get(passed);
      if (!row || this.#counts(row)) read += 1;
      if (row && this.#mentioned(row)) readMentions += 1;
    }
    this.readSeq = target;
    this.#recount(read, readMentions, rows);
    return true;
  }

  /**
   * @param {number} read
   * @param {number} readMentions
   * @param {Map<number, Message>} rows
   */
  #recount(read, readMentions, rows) {
    const ahead = this.lastSeq - this.readSeq;
    if (ahead <= UNREAD_CAP * 3) {
      const past = [];
      for (let seq = this.readSeq + 1; seq <= this.lastSeq; seq += 1) past.push(rows.get(seq));
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

  /** @param {Message} row */
  #counts(row) {
    return !row.deleted && row.author !== this.#me;
  }

  /** @param {Message} row */
  #mentioned(row) {
    return this.#counts(row) && row.mentions.includes(this.#me);
  }
}
