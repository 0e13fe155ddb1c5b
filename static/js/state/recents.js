// @ts-check

/** What this member used last in this browser, the newest first. */
class Recents {
  #key;
  #most;

  /**
   * @param {string} key
   * @param {number} most how many are remembered
   */
  constructor(key, most) {
    this.#key = key;
    this.#most = most;
  }

  /** @returns {any[]} */
  get list() {
    try {
      return JSON.parse(localStorage.getItem(this.#key) ?? "[]");
    } catch {
      return []; // where the browser refuses to store, nothing is recent
    }
  }

  add(/** @type {string | number} */ used) {
    const list = [used, ...this.list.filter((each) => each !== used)].slice(0, this.#most);
    try {
      localStorage.setItem(this.#key, JSON.stringify(list));
    } catch {
      // Not remembered.
    }
  }
}

/** The emoji one reacted with. */
export class RecentEmoji extends Recents {
  /** @param {number} user */
  constructor(user) {
    super(`chat.emoji:${user}`, 16);
  }
}

/** The rooms one was in, by id. */
export class RecentRooms extends Recents {
  /** @param {number} user */
  constructor(user) {
    super(`chat.rooms:${user}`, 30);
  }
}
