// @ts-check
import { Emitter } from "../emitter.js";

const KEY = "chat.draft";

/**
 * What is typed and not yet sent, by room and thread. It is kept twice: for this tab, so that two
 * tabs do not take each other's words, and for the browser, so that a closed tab's words come back.
 * Tells `written` (the place) when something was typed or emptied here.
 *
 * A draft that is being sent carries the `client_id` it is sent under until the outbox has it:
 * after a crash in between it is clear whether it still has to be sent. `at` is when it was typed, by
 * this device's clock; `kept` says that the server has it.
 *
 * @typedef {{text: string, replyTo: number | null, sentAs?: string, at?: number,
 *   kept?: boolean}} Draft
 * @typedef {{room: number, thread: number | null}} Place
 */
export class Drafts extends Emitter {
  /** @type {Map<string, string>} where the browser refuses to store */
  #memory = new Map();
  #user;
  #tab;
  #browser;

  /**
   * @param {number} user
   * @param {Storage | null} [tab]
   * @param {Storage | null} [browser]
   */
  constructor(user, tab = storage("sessionStorage"), browser = storage("localStorage")) {
    super();
    this.#user = user;
    this.#tab = tab;
    this.#browser = browser;
  }

  /**
   * @param {number} room
   * @param {number | null} [thread]
   * @returns {Draft | null}
   */
  get(room, thread = null) {
    const key = this.#key(room, thread);
    const text = read(this.#tab, key) ?? read(this.#browser, key) ?? this.#memory.get(key);
    return text ? JSON.parse(text) : null;
  }

  /** Where this device holds anything of this member's. @returns {Place[]} */
  get places() {
    const own = `${KEY}.${this.#user}.`;
    const keys = new Set([...this.#memory.keys(), ...keysOf(this.#tab), ...keysOf(this.#browser)]);
    return [...keys]
      .filter((key) => key.startsWith(own))
      .map((key) => {
        const [room, thread = null] = key.slice(own.length).split(".").map(Number);
        return { room, thread };
      });
  }

  /**
   * @param {number} room
   * @param {Draft} draft
   * @param {number | null} [thread]
   */
  set(room, draft, thread = null) {
    if (!draft.text && draft.replyTo === null) return this.clear(room, thread);
    this.#store(this.#key(room, thread), { ...draft, at: Date.now() });
    this.tell("written", { room, thread });
    return undefined;
  }

  /**
   * Forgets the draft; another tab's words for the room stay.
   * @param {number} room
   * @param {number | null} [thread]
   */
  clear(room, thread = null) {
    this.#forget(this.#key(room, thread));
    this.tell("written", { room, thread });
  }

  /**
   * Takes what the server has, written here or on another device; null: nothing.
   * @param {number} room
   * @param {number | null} thread
   * @param {{text: string, replyTo: number | null} | null} draft
   */
  take(room, thread, draft) {
    const key = this.#key(room, thread);
    if (draft) this.#store(key, { ...draft, at: Date.now(), kept: true });
    else this.#forget(key);
  }

  #store(/** @type {string} */ key, /** @type {Draft} */ draft) {
    const text = JSON.stringify(draft);
    this.#memory.set(key, text);
    write(this.#tab, key, text);
    write(this.#browser, key, text);
  }

  #forget(/** @type {string} */ key) {
    const mine = read(this.#tab, key) ?? this.#memory.get(key);
    this.#memory.delete(key);
    write(this.#tab, key, null);
    if (read(this.#browser, key) === mine) write(this.#browser, key, null);
  }

  #key(/** @type {number} */ room, /** @type {number | null} */ thread) {
    return `${KEY}.${this.#user}.${room}${thread === null ? "" : `.${thread}`}`;
  }
}

/** Reading the property itself may be refused. */
function storage(/** @type {"sessionStorage" | "localStorage"} */ name) {
  try {
    return globalThis[name];
  } catch {
    return null;
  }
}

function keysOf(/** @type {Storage | null} */ from) {
  try {
    return Array.from({ length: from?.length ?? 0 }, (_, index) => from?.key(index) ?? "");
  } catch {
    return [];
  }
}

function read(/** @type {Storage | null} */ from, /** @type {string} */ key) {
  try {
    return from?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

function write(
  /** @type {Storage | null} */ to,
  /** @type {string} */ key,
  /** @type {string | null} */ text,
) {
  try {
    if (text === null) to?.removeItem(key);
    else to?.setItem(key, text);
  } catch {
    // Full or refused: the memory has it.
  }
}
