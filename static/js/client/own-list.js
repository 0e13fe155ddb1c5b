// @ts-check
/**
 * The member's own list of rooms, in the order they gave it. How it is changed: arranging.js.
 *
 * @typedef {import("../state/room.js").RoomState} RoomState
 * @typedef {{favourites: RoomState[], rooms: RoomState[], direct: RoomState[]}} Lists
 */

export class OwnList {
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
  }

  /** The rooms by section, each in the member's own order. @returns {Lists} */
  get lists() {
    const rooms = [...this.#client.store.rooms.values()].sort(inOrder);
    const others = rooms.filter((room) => !room.favourite);
    return {
      favourites: rooms.filter((room) => room.favourite),
      rooms: others.filter((room) => room.kind !== "direct"),
      direct: others.filter((room) => room.kind === "direct"),
    };
  }
}

/**
 * Rooms that were given a place come first, in that order; the others follow by name.
 * @param {RoomState} a
 * @param {RoomState} b
 */
function inOrder(a, b) {
  const places = (a.place ?? Infinity) - (b.place ?? Infinity);
  return places || a.name.localeCompare(b.name) || a.id - b.id;
}
