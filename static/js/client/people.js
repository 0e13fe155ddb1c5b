// @ts-check
/**
 * @typedef {import("../state/types.js").Person} Person
 * @typedef {import("../state/room.js").RoomState} RoomState
 */
import { gettext } from "../language.js";

/** Everyone this page has heard of, and the members of the rooms, read when they are needed. */
export class People {
  /** @type {Map<number, Person>} */
  #known = new Map();
  /** @type {Set<number>} authors whose rows were asked for */
  #askedAbout = new Set();
  /** @type {Set<number>} rooms whose members are being read */
  #loading = new Set();
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
    this.know([client.me]);
  }

  /** Remembers people, in a room with this member or not. */
  know(/** @type {Person[]} */ people) {
    for (const person of people) this.#known.set(person.id, person);
  }

  /** A person by id; somebody who is not known yet has no name. @returns {Person} */
  get(/** @type {number} */ id) {
    return this.#find(id) ?? { id, name: gettext("Someone"), username: "", avatar: null };
  }

  /** The members of the open room who are in it now. */
  get inRoom() {
    return [...(this.#client.room?.members.values() ?? [])].filter((each) => each.role !== null);
  }

  /** Reads the members of a room where that was not done, or where an author is not among them. */
  async load(/** @type {number} */ id) {
    const client = this.#client;
    const room = client.store.rooms.get(id);
    if (!room || (room.membersLoaded && !this.#meetsStrangers(room)) || this.#loading.has(id)) return;
    this.#loading.add(id);
    try {
      const { members } = await client.api.members(id);
      if (client.store.rooms.get(id) === room) client.store.membersPage(id, members);
    } catch {
      // The next change in the room, or the next hello, tries again.
    } finally {
      this.#loading.delete(id);
    }
  }

  /** Messages by someone whose row has not come: they joined, wrote and left while we were away. */
  #meetsStrangers(/** @type {RoomState} */ room) {
    const messages = this.#client.windows.of(room.id)?.messages ?? [];
    const strangers = messages
      .map((row) => row.author)
      .filter((author) => !this.#find(author) && !this.#askedAbout.has(author));
    for (const author of strangers) this.#askedAbout.add(author);
    return strangers.length > 0;
  }

  /** @returns {Person | undefined} */
  #find(/** @type {number} */ id) {
    const member = this.#client.room?.members.get(id);
    return member ? { ...member, id } : this.#known.get(id);
  }
}
