// @ts-check
/** @typedef {import("../state/types.js").Message} Message */
import { OwnReactions } from "../state/reactions.js";
import { Removals } from "./removals.js";

/** What one does with a message that is there: change it, take it back, react, pin, pass it on. */
export class MessageVerbs {
  #client;
  #reactions;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
    this.#reactions = new OwnReactions(client.me.id);
    this.removals = new Removals(client);
  }

  /** The address of a message of a room this member is in. */
  address(/** @type {Message} */ { room, seq }) {
    const { store, urls } = this.#client;
    return `${urls.rooms}${store.rooms.get(room)?.slug ?? ""}/${seq}`;
  }

  /** Changes a message. Resolves when the server has it; rejects with Refusal. */
  edit(/** @type {number} */ message, /** @type {string} */ body) {
    return this.#client.commands.run({ type: "edit", message, body });
  }

  /** Takes a message back for everyone, after a moment in which it can be kept. */
  remove(/** @type {Message} */ message) {
    this.removals.begin(message);
  }

  /** Puts or takes back a reaction: shown at once, taken back if it is refused. */
  async react(/** @type {Message} */ message, /** @type {string} */ emoji) {
    const client = this.#client;
    const reactions = this.#reactions;
    const on = !this.reactionsOf(message).some(
      (reaction) => reaction.emoji === emoji && reaction.users.includes(client.me.id),
    );
    reactions.press(message.id, emoji, on);
    client.tell("timeline");
    try {
      const ack = await client.commands.run({ type: "react", message: message.id, emoji, on });
      reactions.acked(message.id, emoji, ack.version);
    } catch (error) {
      reactions.refused(message.id, emoji);
      client.refused(error);
    }
    client.tell("timeline");
  }

  /** The reactions on a message with one's own as pressed. */
  reactionsOf(/** @type {Message} */ message) {
    const room = this.#client.store.rooms.get(message.room);
    return this.#reactions.of(message, room?.version ?? 0);
  }

  /** Pins a message to its room, or unpins it; a refusal is told as a notice. */
  async pin(/** @type {Message} */ message, /** @type {boolean} */ on) {
    const client = this.#client;
    try {
      await client.api.post(`messages/${message.id}/pin`, { on });
      client.tell("pins");
    } catch (error) {
      client.refused(error);
    }
  }

  /**
   * Passes a message on to another room. Rejects with Refusal, or with Lost: then it may be asked
   * again with the same `clientId`.
   * @param {Message} message
   * @param {number} room
   * @param {string} clientId
   */
  forward(message, room, clientId) {
    return this.#client.api.post(`messages/${message.id}/forward`, { room, client_id: clientId });
  }
}
