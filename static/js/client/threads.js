// @ts-check
/**
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").Changes} Changes
 * @typedef {import("../state/types.js").Person} Person
 * @typedef {{root: Message, author: Person, version: number,
 *   standing: import("../state/thread.js").Standing}} Told a thread as the server lists it
 */
import { OwnThread, ThreadRows } from "../state/thread.js";

/** ms in which several reasons to ask the server anew are one */
const GATHER = 400;

/**
 * The threads this member is in, what is unread in them, and the one that is open.
 * Tells the client's topic `threads`.
 */
export class Threads {
  /** @type {ThreadRows | null} the thread beside the room */
  open = null;
  /** @type {"loading" | "failed" | "idle"} */
  state = "idle";
  /** Whether this member follows the open thread; null while that is not known. */
  following = /** @type {boolean | null} */ (null);
  /** @type {Map<number, OwnThread>} by root */
  #own = new Map();
  #isDue = false;
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
  }

  /** How many messages in this member's threads are new to them. */
  get unread() {
    const { rooms } = this.#client.store;
    let unread = 0;
    for (const own of this.#own.values()) if (rooms.has(own.room)) unread += own.unread;
    return unread;
  }

  /** How many in the thread of a message are new to this member. */
  unreadIn(/** @type {number} */ root) {
    return this.#own.get(root)?.unread ?? 0;
  }

  /** The threads of this member, those with something new first. @returns {Promise<Told[]>} */
  async list() {
    /** @type {{threads: Told[]}} */
    const { threads } = await this.#client.api.read("threads");
    const { me, people } = this.#client;
    const listed = new Set(threads.map(({ root }) => root.id));
    for (const id of [...this.#own.keys()]) if (!listed.has(id)) this.#own.delete(id);
    for (const { root, author, version, standing } of threads) {
      people.know([author]);
      const own = this.#own.get(root.id) ?? new OwnThread(root.room, me.id);
      own.restore(root, standing, version);
      this.#own.set(root.id, own);
      if (own.readSeq > standing.read_seq) this.#report(root.id, own.readSeq);
    }
    this.#client.tell("threads");
    return threads;
  }

  /** A connection is open: what was missed is asked for. */
  connected() {
    this.#listSoon();
    if (this.open) void this.#read(this.open);
  }

  /** Messages came. */
  receive(/** @type {Changes} */ frame) {
    for (const row of frame.messages) {
      if (row.thread === null) continue;
      const own = this.#own.get(row.thread);
      if (own) own.arrived(row);
      else if (this.#concerns(row)) this.#listSoon();
    }
    this.open?.live(frame.messages);
    this.#client.tell("threads");
  }

  /** This member's standing in a thread changed, here or on another device. */
  moved(/** @type {{thread: number, read_seq: number, following: boolean}} */ frame) {
    const own = this.#own.get(frame.thread);
    if (own && frame.following) own.read(frame.read_seq);
    else this.#listSoon();
    if (this.open?.id === frame.thread) this.following = frame.following;
    this.#client.tell("threads");
  }

  /** Opens the thread of a message of the open room. */
  async enter(/** @type {number} */ root) {
    if (this.open?.id === root) return;
    this.open = new ThreadRows(root);
    this.following = null;
    await this.#read(this.open);
  }

  leave() {
    this.open = null;
  }

  /** Reads the messages before those at hand. */
  async older() {
    const { open } = this;
    const first = open?.messages[0];
    if (!open || !first || this.state === "loading") return;
    await this.#loading(open, `?before=${first.seq}`, (page) => open.older(page));
  }

  /** Reads the open thread again, after that failed. */
  async retry() {
    if (this.open) await this.#read(this.open);
  }

  /** Everything up to `seq` of the open thread is on a screen; read if somebody looks at it. */
  seen(/** @type {number} */ seq) {
    const { open } = this;
    const own = open && this.#own.get(open.id);
    if (!own || !this.#client.screen.attended || !own.read(seq)) return;
    this.#report(open.id, seq);
    this.#client.tell("threads");
  }

  async follow(/** @type {boolean} */ on) {
    if (!this.open) return;
    try {
      await this.#client.api.post(`messages/${this.open.id}/thread/follow`, { on });
      this.following = on;
      await this.list();
    } catch (error) {
      this.#client.refused(error);
    }
  }

  /** A message in a thread this client does not list, which may be this member's by now. */
  #concerns(/** @type {Message} */ row) {
    const { me, store } = this.#client;
    const root = store.rooms.get(row.room)?.byId.get(row.thread ?? 0);
    return row.author === me.id || row.mentions.includes(me.id) || root?.author === me.id;
  }

  #listSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#client.clock.after(() => {
      this.#isDue = false;
      this.list().catch(() => undefined); // the next hello, or the next message, tries again
    }, GATHER);
  }

  async #read(/** @type {ThreadRows} */ open) {
    await this.#loading(open, "", (page) => {
      open.begin(page);
      this.following = page.standing?.following ?? false;
    });
  }

  /**
   * @param {ThreadRows} open
   * @param {string} query
   * @param {(page: any) => void} take
   */
  async #loading(open, query, take) {
    const { api, people, store } = this.#client;
    this.state = "loading";
    this.#client.tell("threads");
    try {
      const page = await api.read(`messages/${open.id}/thread${query}`);
      take(page);
      open.live(store.rooms.get(page.root.room)?.rows.values() ?? []);
      void people.load(page.root.room);
      this.state = "idle";
    } catch {
      this.state = "failed";
    }
    this.#client.tell("threads");
  }

  #report(/** @type {number} */ root, /** @type {number} */ seq) {
    const { api } = this.#client;
    api.post(`messages/${root}/thread/read`, { seq }).catch(() => undefined); // told with the next hello
  }
}
