// @ts-check

const KEY = "chat.draft";

/**
 * What is typed and not yet sent, by room. It is kept twice: for this tab, so that two tabs do not
 * take each other's words, and for the browser, so that a closed tab's words come back.
 *
 * A draft that is being sent carries the `client_id` it is sent under until the outbox has it:
 * after a crash in between it is clear whether it still has to be sent.
 *
 * @typedef {{text: string, replyTo: number | null, sentAs?: string}} Draft
 */
export class Drafts {
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
    this.#user = user;
    this.#tab = tab;
    this.#browser = browser;
  }

  /**
   * @param {number} room
   * @returns {Draft | null}
   */
  get(room) {
    const key = this.#key(room);
    const text = read(this.#tab, key) ?? read(this.#browser, key) ?? this.#memory.get(key);
    return text ? JSON.parse(text) : null;
  }

  /**
   * @param {number} room
   * @param {Draft} draft
   */
  set(room, draft) {
    if (!draft.text && draft.replyTo === null) return this.clear(room);
    const key = this.#key(room);
    const text = JSON.stringify(draft);
    this.#memory.set(key, text);
    write(this.#tab, key, text);
    write(this.#browser, key, text);
    return undefined;
  }

  /** Forgets the draft; another tab's words for the room stay. */
  clear(/** @type {number} */ room) {
    const key = this.#key(room);
    const mine = read(this.#tab, key) ?? this.#memory.get(key);
    this.#memory.delete(key);
    write(this.#tab, key, null);
    if (read(this.#browser, key) === mine) write(this.#browser, key, null);
  }

  #key(/** @type {number} */ room) {
    return `${KEY}.${this.#user}.${room}`;
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
