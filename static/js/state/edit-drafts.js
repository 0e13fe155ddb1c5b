// @ts-check

const KEY = "chat.edit";

/**
 * What is typed into message editors, by room: it survives a reload, another room and a closed
 * tab. As with drafts, this tab's own comes before that of another.
 *
 * @typedef {{message: number} | {entry: string}} Edited a stored message, or a refused one
 * @typedef {{what: Edited, seq: number | null, text: string}} EditDraft
 */
export class EditDrafts {
  #user;
  #places;

  /**
   * @param {number} user
   * @param {Array<Storage | null>} [places] where it is kept, the first to be believed first
   */
  constructor(user, places = [storage("sessionStorage"), storage("localStorage")]) {
    this.#user = user;
    this.#places = places;
  }

  /**
   * What is kept in a room, the newest first.
   * @param {number} room
   * @returns {EditDraft[]}
   */
  in(room) {
    for (const place of this.#places) {
      try {
        const text = place?.getItem(this.#key(room));
        if (text) return JSON.parse(text);
      } catch {
        // Refused, or not what was written: the next place may have it.
      }
    }
    return [];
  }

  /** What is kept of one message. */
  of(/** @type {number} */ room, /** @type {Edited} */ what) {
    return this.in(room).find((draft) => isSame(draft.what, what)) ?? null;
  }

  keep(/** @type {number} */ room, /** @type {EditDraft} */ draft) {
    this.#write(room, [draft, ...this.#others(room, draft.what)]);
  }

  forget(/** @type {number} */ room, /** @type {Edited} */ what) {
    this.#write(room, this.#others(room, what));
  }

  #others(/** @type {number} */ room, /** @type {Edited} */ what) {
    return this.in(room).filter((draft) => !isSame(draft.what, what));
  }

  #write(/** @type {number} */ room, /** @type {EditDraft[]} */ drafts) {
    for (const place of this.#places) {
      try {
        if (drafts.length > 0) place?.setItem(this.#key(room), JSON.stringify(drafts));
        else place?.removeItem(this.#key(room));
      } catch {
        // Full or refused: the field on the screen has it.
      }
    }
  }

  #key(/** @type {number} */ room) {
    return `${KEY}.${this.#user}.${room}`;
  }
}

/**
 * @param {Edited} one
 * @param {Edited} other
 */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Reading the property itself may be refused. */
function storage(/** @type {"sessionStorage" | "localStorage"} */ name) {
  try {
    return globalThis[name];
  } catch {
    return null;
  }
}
