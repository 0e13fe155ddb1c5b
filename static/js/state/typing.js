// @ts-check
/** @typedef {import("../clock.js").Clock} Clock */

/** ms between two frames that say one is still typing; the others forget after 6 s */
const REPEAT = 3000;
/** ms without a key after which one no longer types */
const PAUSE = 4500;

/** Says that this member is typing: seldom, and stops when they stop. */
export class OwnTyping {
  /** @type {number | null} */
  #room = null;
  #saidAt = -Infinity;
  /** @type {any} */
  #timer = null;
  #say;
  #clock;

  /**
   * @param {(room: number, on: boolean) => void} say
   * @param {Clock} clock
   */
  constructor(say, clock) {
    this.#say = say;
    this.#clock = clock;
  }

  /** A key was pressed in `room`. */
  typed(/** @type {number} */ room) {
    if (this.#room !== room) this.stopped();
    const now = this.#clock.now();
    if (now - this.#saidAt >= REPEAT) {
      this.#saidAt = now;
      this.#say(room, true);
    }
    this.#room = room;
    this.#clock.cancel(this.#timer);
    this.#timer = this.#clock.after(() => this.stopped(), PAUSE);
  }

  /** Sent, emptied, left. */
  stopped() {
    this.#clock.cancel(this.#timer);
    if (this.#room !== null) this.#say(this.#room, false);
    this.#room = null;
    this.#saidAt = -Infinity;
  }
}
