// @ts-check
/** @typedef {import("../clock.js").Clock} Clock */
import { Emitter } from "../emitter.js";

/** ms after which someone who went silent no longer types */
const TYPING_EXPIRES = 6000;

/** Who is here, and who is typing, in the room in focus. Tells `presence` and `typing`. */
export class Presence extends Emitter {
  /** @type {Map<number, "online" | "away">} */
  #here = new Map();
  #startAnew = false;
  /** @type {Map<number, {users: number[], timer: any}>} */
  #typing = new Map();
  #clock;

  /** @param {Clock} clock */
  constructor(clock) {
    super();
    this.#clock = clock;
  }

  /** @param {number} user */
  of(user) {
    return this.#here.get(user) ?? "offline";
  }

  /** @param {number} room */
  typingIn(room) {
    return this.#typing.get(room)?.users ?? [];
  }

  /** The next `presence` names everyone who is here; what is shown until then stays. */
  expectAll() {
    this.#startAnew = true;
  }

  /** @param {{online?: number[], away?: number[], offline?: number[]}} frame */
  receive({ online = [], away = [], offline = [] }) {
    if (this.#startAnew) this.#here.clear();
    this.#startAnew = false;
    for (const user of offline) this.#here.delete(user);
    for (const user of away) this.#here.set(user, "away");
    for (const user of online) this.#here.set(user, "online");
    this.tell("presence");
  }

  /** @param {{room: number, users: number[]}} frame */
  receiveTyping({ room, users }) {
    this.#clock.cancel(this.#typing.get(room)?.timer);
    const timer = this.#clock.after(() => this.receiveTyping({ room, users: [] }), TYPING_EXPIRES);
    if (users.length === 0) this.#clock.cancel(timer);
    this.#typing.set(room, { users, timer });
    this.tell("typing");
  }

  /** Nobody is known to type any more: the socket is gone. */
  disconnected() {
    for (const { timer } of this.#typing.values()) this.#clock.cancel(timer);
    this.#typing.clear();
    this.tell("typing");
  }
}
