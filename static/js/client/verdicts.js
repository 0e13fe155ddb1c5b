// @ts-check
/** @typedef {import("../state/types.js").Notice} Notice */

/** What moderators decided about this member. Tells the client's topic `verdict` (the notice). */
export class Verdicts {
  /** @type {Map<number, Notice>} by room: why this member is in it no longer */
  #out = new Map();
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
  }

  /** Takes a `notice`. */
  told(/** @type {Notice} */ notice) {
    const { about, room: id = 0, until } = notice;
    const room = this.#client.store.rooms.get(id);
    if (about === "mute" && room) {
      room.mute(until);
      this.writableChanged();
    }
    if (about === "ban" || about === "remove") this.#out.set(id, notice);
    this.#client.tell("room");
    this.#client.tell("verdict", notice);
  }

  /** Why this member is no longer in a room, where moderators decided that. */
  whyOutOf(/** @type {number | null} */ room) {
    return this.#out.get(room ?? 0) ?? null;
  }

  /** This member is in the room again. */
  back(/** @type {number} */ room) {
    this.#out.delete(room);
  }

  /** One may write now where one could not, or the other way round. */
  writableChanged() {
    for (const topic of ["composer", "timeline"]) this.#client.tell(topic);
  }

  /** ms from now until a moment of the server's clock, which may go otherwise than this one. */
  untilThen(/** @type {number} */ moment) {
    return moment - Date.now() - this.#client.skew;
  }
}
