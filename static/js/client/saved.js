// @ts-check
/**
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").Person} Person
 * @typedef {{message: Message, author: Person, room_name: string, slug: string,
 *   saved_at: string}} SavedRow
 */
import { gettext } from "../language.js";

/** What this member keeps for later. Tells the client's topic `saved` when that changed. */
export class Saved {
  /** @type {Set<number> | null} ids of messages, once they were asked for */
  #ids = null;
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
  }

  /** Whether a message is saved; asked for when that is first of interest. */
  async has(/** @type {number} */ id) {
    if (!this.#ids) {
      const { ids } = await this.#client.api.read("saved/ids");
      this.#ids = new Set(ids);
    }
    return this.#ids.has(id);
  }

  /** The newest first. @returns {Promise<SavedRow[]>} */
  async list() {
    const { saved } = await this.#client.api.read("saved");
    this.#ids = new Set(saved.map((/** @type {SavedRow} */ { message }) => message.id));
    return saved;
  }

  /** Saves a message, or no longer; a refusal is told as a notice. */
  async set(/** @type {Message} */ message, /** @type {boolean} */ on) {
    const client = this.#client;
    try {
      await client.api.post(`messages/${message.id}/saved`, { on });
      if (on) this.#ids?.add(message.id);
      else this.#ids?.delete(message.id);
      const done = on ? gettext("Saved: you find it under Saved messages.") : gettext("No longer saved.");
      client.tell("notice", done);
      client.tell("saved");
    } catch (error) {
      client.refused(error);
    }
  }
}
