// @ts-check
/** @typedef {import("../state/types.js").Message} Message */

/** ms in which one can think better of a deletion */
export const GRACE = 5000;

/**
 * Messages that are about to be deleted for everyone. The command leaves only after GRACE: a
 * tombstone is final on the wire, for programs too, and what was deleted should not come back from
 * the server. Whoever closes the page meant it: then the command leaves at once.
 */
export class Removals {
  /** @type {Map<number, any>} timers by message; null once the command has left */
  #going = new Map();
  /** @type {Map<number, number>} by message: the version at which it is gone */
  #gone = new Map();
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
    addEventListener("pagehide", () => this.#leave());
  }

  /** Whether a message is shown as deleted already, and can still be kept. */
  canKeep(/** @type {number} */ id) {
    return Boolean(this.#going.get(id));
  }

  /** Whether a message is shown as deleted already; no longer once its row tells how it is. */
  has(/** @type {Message} */ { id, version }) {
    return this.#going.has(id) || version < (this.#gone.get(id) ?? 0);
  }

  begin(/** @type {Message} */ { id }) {
    if (this.#going.has(id)) return;
    this.#going.set(id, this.#client.clock.after(() => void this.#send(id), GRACE));
    this.#client.tell("timeline");
  }

  keep(/** @type {number} */ id) {
    this.#client.clock.cancel(this.#going.get(id));
    this.#going.delete(id);
    this.#client.tell("timeline");
  }

  async #send(/** @type {number} */ id) {
    this.#going.set(id, null);
    this.#client.tell("timeline");
    try {
      const { version } = await this.#client.commands.run({ type: "delete", message: id });
      this.#gone.set(id, version);
    } catch (error) {
      this.#client.refused(error);
    }
    this.#going.delete(id);
    this.#client.tell("timeline");
  }

  #leave() {
    for (const [id, timer] of this.#going) {
      if (timer) this.#client.session.send({ type: "delete", message: id });
    }
  }
}
