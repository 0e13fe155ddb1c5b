// @ts-check
/** @typedef {import("../state/types.js").Message} Message */
import { OwnReactions } from "../state/reactions.js";

/** What one does with a message that is there: change it, take it back, react to it. */
export class MessageVerbs {
  #client;
  #reactions;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
    this.#reactions = new OwnReactions(client.me.id);
  }

  /** Changes a message. Resolves when the server has it; rejects with Refusal. */
  edit(/** @type {number} */ message, /** @type {string} */ body) {
    return this.#client.commands.run({ type: "edit", message, body });
  }

  /** Takes a message back for everyone; a refusal is told as a notice. */
  async remove(/** @type {number} */ message) {
    const client = this.#client;
    await client.commands.run({ type: "delete", message }).catch((error) => client.refused(error));
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
}
