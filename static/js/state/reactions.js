// @ts-check
/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Reaction} Reaction
 */

/** One's own reactions as they were pressed, until the room shows them. */
export class OwnReactions {
  /** @type {Map<number, Map<string, {on: boolean, version: number}>>} by message and emoji */
  #pressed = new Map();
  #me;

  /** @param {number} me */
  constructor(me) {
    this.#me = me;
  }

  press(/** @type {number} */ message, /** @type {string} */ emoji, /** @type {boolean} */ on) {
    const pressed = this.#pressed.get(message) ?? new Map();
    this.#pressed.set(message, pressed.set(emoji, { on, version: Infinity }));
  }

  /** The server has it: the room shows it from `version` on. */
  acked(/** @type {number} */ message, /** @type {string} */ emoji, /** @type {number} */ version) {
    const pressed = this.#pressed.get(message)?.get(emoji);
    if (pressed) pressed.version = version;
  }

  refused(/** @type {number} */ message, /** @type {string} */ emoji) {
    this.#pressed.get(message)?.delete(emoji);
  }

  /**
   * The message's reactions with one's own as pressed.
   * @param {Message} message
   * @param {number} roomVersion
   * @returns {Reaction[]}
   */
  of(message, roomVersion) {
    const pressed = this.#pressed.get(message.id);
    if (!pressed) return message.reactions;
    for (const [emoji, { version }] of pressed) if (version <= roomVersion) pressed.delete(emoji);
    if (pressed.size === 0) this.#pressed.delete(message.id);
    return merge(message.reactions, pressed, this.#me);
  }
}

/**
 * @param {Reaction[]} reactions
 * @param {Map<string, {on: boolean}>} pressed
 * @param {number} me
 */
function merge(reactions, pressed, me) {
  const users = new Map(reactions.map(({ emoji, users }) => [emoji, users]));
  for (const [emoji, { on }] of pressed) {
    const others = (users.get(emoji) ?? []).filter((user) => user !== me);
    users.set(emoji, on ? [...others, me] : others);
  }
  return [...users]
    .map(([emoji, list]) => ({ emoji, users: list }))
    .filter((reaction) => reaction.users.length > 0);
}
