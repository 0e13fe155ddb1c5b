// @ts-check

const KEY = "chat.emoji";
const MOST = 16;

/** The emoji this member reacted with last, in this browser, the newest first. */
export class RecentEmoji {
  #user;

  /** @param {number} user */
  constructor(user) {
    this.#user = user;
  }

  /** @returns {string[]} */
  get list() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
      return kept.filter((/** @type {unknown} */ each) => typeof each === "string");
    } catch {
      return []; // where the browser refuses to store, nothing is recent
    }
  }

  add(/** @type {string} */ emoji) {
    const list = [emoji, ...this.list.filter((each) => each !== emoji)].slice(0, MOST);
    try {
      localStorage.setItem(this.#key, JSON.stringify(list));
    } catch {
      // Not remembered.
    }
  }

  get #key() {
    return `${KEY}:${this.#user}`;
  }
}
