// @ts-check
/**
 * @typedef {import("./types.js").Message} Message
 * @typedef {{following: boolean, read_seq: number, unread: number}} Standing
 */

/** Whether a message is shown in its room, or only in the thread it belongs to. */
export function isInRoom(/** @type {Message} */ { thread, in_room: inRoom = false }) {
  return thread == null || inRoom;
}

/**
 * How far this member has read in a thread they are in, and how many of others are past that: what
 * the server counted, and what came since.
 */
export class OwnThread {
  readSeq = 0;
  #counted = 0;
  /** The seq up to which the server has counted, and the room's version at which it did. */
  #countedSeq = 0;
  #version = 0;
  /** @type {Set<number>} seqs that came since */
  #since = new Set();
  #me;

  /**
   * @param {number} room
   * @param {number} me
   */
  constructor(room, me) {
    this.room = room;
    this.#me = me;
  }

  get unread() {
    return this.#counted + this.#since.size;
  }

  /**
   * Takes the server's count of the thread that `root` begins, as of a version of the room. A
   * position that is further on here stays: it is on its way to the server.
   * @param {Message} root
   * @param {Standing} standing
   * @param {number} version
   */
  restore(root, standing, version) {
    if (version < this.#version) return;
    const readHere = this.readSeq;
    this.#version = version;
    this.#countedSeq = root.replies?.last_seq ?? 0;
    this.#counted = standing.unread;
    this.#since.clear();
    this.readSeq = standing.read_seq;
    if (readHere > this.readSeq) this.read(readHere);
  }

  /** A message of the thread came, or changed. */
  arrived(/** @type {Message} */ row) {
    if (row.version <= this.#version || row.seq <= this.readSeq) return;
    if (row.author === this.#me) {
      if (!row.deleted) this.read(row.seq);
    } else if (row.seq > this.#countedSeq) {
      if (row.deleted) this.#since.delete(row.seq);
      else this.#since.add(row.seq);
    } else if (row.deleted) {
      this.#counted = Math.max(0, this.#counted - 1);
    }
  }

  /** Everything up to `seq` was read. Tells whether the position moved. */
  read(/** @type {number} */ seq) {
    if (seq <= this.readSeq) return false;
    this.readSeq = seq;
    for (const each of [...this.#since]) if (each <= seq) this.#since.delete(each);
    if (seq >= this.#countedSeq) this.#counted = 0;
    return true;
  }
}

/** The messages of a thread that are at hand: from some page on to the newest, without a hole. */
export class ThreadRows {
  /** @type {Message | null} */
  root = null;
  /** Whether there are older ones. */
  more = false;
  /** @type {Map<number, Message>} by seq */
  #rows = new Map();

  /** @param {number} id the root's */
  constructor(id) {
    this.id = id;
  }

  /** By seq. */
  get messages() {
    return [...this.#rows.values()].sort((a, b) => a.seq - b.seq);
  }

  /** Takes the newest page, in place of what was there before. */
  begin(/** @type {{root: Message, messages: Message[], more: boolean}} */ page) {
    this.#rows.clear();
    this.root = page.root;
    this.older(page);
  }

  /** Takes the page before what is there. */
  older(/** @type {{messages: Message[], more: boolean}} */ page) {
    this.more = page.more;
    for (const row of page.messages) this.#take(row);
  }

  /** Takes what is new in the room: rows that follow, and rows that changed. */
  live(/** @type {Iterable<Message>} */ rows) {
    if (!this.root) return;
    const lowest = this.more ? Math.min(...this.#rows.keys()) : 0;
    for (const row of rows) {
      if (row.id === this.id && row.version > this.root.version) this.root = row;
      if (row.thread === this.id && row.seq >= lowest) this.#take(row);
    }
  }

  #take(/** @type {Message} */ row) {
    const held = this.#rows.get(row.seq);
    if (!held || held.version < row.version) this.#rows.set(row.seq, row);
  }
}
