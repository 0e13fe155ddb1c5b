// @ts-check
/** @typedef {import("../clock.js").Clock} Clock */

/** ms between two reports of one room's read position */
const REPORT_EVERY = 1000;

/** Tells the server how far the member has read: seldom, and the furthest only. */
export class ReadReports {
  /** @type {Map<number, number>} */
  #due = new Map();
  /** @type {any} */
  #timer = null;
  #say;
  #clock;

  /**
   * @param {(room: number, seq: number) => boolean} say false when it could not be said now
   * @param {Clock} clock
   */
  constructor(say, clock) {
    this.#say = say;
    this.#clock = clock;
  }

  /** The first of a while goes at once. */
  report(/** @type {number} */ room, /** @type {number} */ seq) {
    this.#due.set(room, Math.max(seq, this.#due.get(room) ?? 0));
    if (this.#timer === null) this.flush();
  }

  /** Says what is due. What cannot be said stays due. */
  flush() {
    this.#clock.cancel(this.#timer);
    this.#timer = null;
    let said = false;
    for (const [room, seq] of this.#due) {
      if (!this.#say(room, seq)) continue;
      this.#due.delete(room);
      said = true;
    }
    if (said) this.#timer = this.#clock.after(() => this.flush(), REPORT_EVERY);
  }
}
