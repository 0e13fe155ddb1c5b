// @ts-check
/** @typedef {import("../state/types.js").Message} Message */

/** Messages that others answer, read where the window over the room does not hold them. */
export class Quotes {
  /** @type {Map<number, Message | null>} by id; null while it is read, or where there is none */
  #read = new Map();
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
  }

  /** A message of the open room, or null while it is not known; then it is read. */
  of(/** @type {number} */ id) {
    const held = this.#client.room?.byId.get(id) ?? this.#read.get(id);
    if (held === undefined) void this.read(id);
    return held ?? null;
  }

  /** Reads a message from the server; null where that fails. */
  async read(/** @type {number} */ id) {
    if (!this.#read.has(id)) this.#read.set(id, null);
    try {
      const message = await this.#client.api.message(id);
      this.#read.set(id, message);
      this.#client.tell("timeline");
      return message;
    } catch {
      return null;
    }
  }
}
