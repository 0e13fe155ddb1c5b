// @ts-check
/**
 * What stands beside the conversation, one thing at a time; on a phone in its place.
 *
 * @typedef {"thread" | "threads" | "pins" | "saved" | "mentions" | "scheduled" | "info" | "moderation" |
 *   "search"} PanelName
 * @typedef {{name: PanelName, about: number | null, text?: string}} Panel `about`: of which message
 *   or room; `text`: what to search for at once
 */

/** Panels that are about the open room: they go when another is opened. */
const OF_ROOM = new Set(["thread", "pins", "info", "moderation"]);

/** Tells the client's topic `panel` when another one is to be shown, or none. */
export class Panels {
  /** @type {Panel | null} */
  open = null;
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
  }

  /**
   * @param {PanelName} name
   * @param {number | null} [about]
   * @param {string} [text]
   */
  show(name, about = null, text = undefined) {
    this.open = { name, about, text };
    this.#client.tell("panel");
  }

  close() {
    if (!this.open) return;
    this.open = null;
    this.#client.tell("panel");
  }

  /** Another room was opened. */
  roomLeft() {
    if (this.open && OF_ROOM.has(this.open.name)) this.close();
  }
}
