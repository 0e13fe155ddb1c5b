// @ts-check
/**
 * Messages on their way to the server: each is written down before it is sent, sent in the order
 * of its room, repeated under the same `client_id` until it is answered, and kept when refused.
 *
 * @typedef {import("../clock.js").Clock} Clock
 * @typedef {import("./types.js").Message} Message
 *
 * @typedef {object} Entry
 * @property {string} client_id
 * @property {number} user
 * @property {string} owner the tab that sends it
 * @property {number} room
 * @property {string} body
 * @property {number | null} reply_to
 * @property {number | null} [thread] the message whose thread it belongs to
 * @property {boolean} [in_room] of one in a thread: shown in the room too
 * @property {number} order
 * @property {string} written_at
 * @property {"pending" | "refused" | "stored"} state
 * @property {{code: string, detail: string, held?: boolean} | null} refusal
 *
 * @typedef {object} OutboxStorage
 * @property {boolean} lasts whether what is put there survives the tab
 * @property {(entry: Entry) => Promise<void>} put
 * @property {(clientId: string) => Promise<void>} remove
 * @property {(from: (entry: Entry) => boolean, owner: string) => Promise<Entry[]>} adopt
 */
import { Emitter } from "../emitter.js";
import { Lost, Refusal } from "../session/refusal.js";

/** Refusals that say "not now": the same message is tried again. */
const PASSING = new Set(["unavailable", "rate_limited", "slow_mode"]);
const RETRY_FIRST = 500; // ms, doubled with each try
const RETRY_LONGEST = 15_000; // ms

/** Tells `change` when what is on its way changed. */
export class Outbox extends Emitter {
  /** @type {Entry[]} in the order they were written */
  #entries = [];
  /** @type {Set<number>} rooms with a message under way or waiting for another try */
  #busy = new Set();
  /** @type {Map<number, {timer: any, until: number, code: string}>} rooms that wait, and why */
  #waiting = new Map();
  /** @type {Map<string, number>} the room's version at which a message was stored, from its ack */
  #storedAt = new Map();
  #online = false;
  #ready = false;
  #lastOrder = 0;
  #storage;
  #user;
  #owner;
  #clock;
  #send;

  /**
   * @param {object} options
   * @param {OutboxStorage} options.storage
   * @param {number} options.user
   * @param {string} options.owner this tab
   * @param {Clock} options.clock
   * @param {(frame: Record<string, unknown>) => Promise<{seq: number, version: number}>} options.send
   */
  constructor({ storage, user, owner, clock, send }) {
    super();
    this.#storage = storage;
    this.#user = user;
    this.#owner = owner;
    this.#clock = clock;
    this.#send = send;
  }

  /** Whether closing the tab now would lose something. */
  get atRisk() {
    return !this.#storage.lasts && this.#entries.some((entry) => entry.state !== "stored");
  }

  /** What is on its way in a room, refused messages among it. */
  in(/** @type {number} */ room) {
    return this.#entries.filter((entry) => entry.room === room);
  }

  has(/** @type {string} */ clientId) {
    return this.#entries.some((entry) => entry.client_id === clientId);
  }

  /** Why a room's messages wait, and until when (the clock's ms), or null. */
  waitingIn(/** @type {number} */ room) {
    return this.#waiting.get(room) ?? null;
  }

  /** Takes over what tabs left that are gone, and begins to send. `alive` names the open tabs. */
  async start(/** @type {(tab: string) => boolean} */ alive) {
    await this.adopt((tab) => !alive(tab));
    this.#ready = true;
    this.#pump();
  }

  /** Takes over the messages of the tabs that `gone` names. */
  async adopt(/** @type {(tab: string) => boolean} */ gone) {
    const mine = (/** @type {Entry} */ entry) => entry.user === this.#user && gone(entry.owner);
    const adopted = await this.#storage.adopt(mine, this.#owner).catch(() => []);
    this.#entries.push(...adopted.filter((entry) => !this.has(entry.client_id)));
    this.#entries.sort((a, b) => a.order - b.order);
    this.#lastOrder = Math.max(this.#lastOrder, this.#entries.at(-1)?.order ?? 0);
    this.tell("change");
    this.#pump();
  }

  /**
   * Writes a message down and sends it in its turn. Resolves when it is written down.
   * @param {{client_id: string, room: number, body: string, reply_to: number | null,
   *   thread?: number | null, in_room?: boolean}} message
   */
  async add(message) {
    this.#lastOrder = Math.max(Date.now(), this.#lastOrder + 1);
    /** @type {Entry} */
    const entry = {
      ...message,
      user: this.#user,
      owner: this.#owner,
      order: this.#lastOrder,
      written_at: new Date().toISOString(),
      state: "pending",
      refusal: null,
    };
    this.#entries.push(entry);
    this.tell("change");
    await this.#storage.put(entry);
    this.#pump();
  }

  /** Sends a refused message once more, as it is or with another text. */
  async resend(/** @type {string} */ clientId, /** @type {string} */ body) {
    const entry = this.#entries.find((each) => each.client_id === clientId);
    if (entry?.state !== "refused") return;
    this.#lastOrder = Math.max(Date.now(), this.#lastOrder + 1);
    Object.assign(entry, { body, state: "pending", refusal: null, order: this.#lastOrder });
    this.#entries.sort((a, b) => a.order - b.order);
    this.tell("change");
    await this.#storage.put(entry);
    this.#pump();
  }

  /** Throws a refused message away. */
  discard(/** @type {string} */ clientId) {
    this.#drop(clientId);
  }

  /** A connection is open: send. */
  connected() {
    this.#online = true;
    for (const { timer } of this.#waiting.values()) this.#clock.cancel(timer);
    for (const room of this.#waiting.keys()) this.#busy.delete(room);
    this.#waiting.clear();
    this.#pump();
  }

  disconnected() {
    this.#online = false;
  }

  /**
   * Rows of `room` came, which is now at `version`: what is among them has arrived, whether or
   * not its ack did.
   * @param {number} room
   * @param {number} version
   * @param {(clientId: string) => boolean} isThere
   */
  arrived(room, version, isThere) {
    for (const entry of this.in(room)) {
      const told = this.#storedAt.get(entry.client_id);
      if (isThere(entry.client_id) || (told !== undefined && told <= version)) {
        this.#drop(entry.client_id);
      }
    }
  }

  #pump() {
    if (!this.#ready || !this.#online) return;
    for (const room of new Set(this.#entries.map((entry) => entry.room))) {
      if (!this.#busy.has(room)) this.#sendNext(room, 0);
    }
  }

  /**
   * @param {number} room
   * @param {number} tries
   * @returns {Promise<void>}
   */
  async #sendNext(room, tries) {
    const entry = this.#entries.find((each) => each.room === room && each.state === "pending");
    if (!entry || !this.#online) {
      this.#busy.delete(room);
      return;
    }
    this.#busy.add(room);
    const { client_id, body, reply_to, thread = null, in_room = null } = entry;
    const where = optional({ reply_to, thread, in_room });
    try {
      const ack = await this.#send({ type: "send", room, client_id, body, ...where });
      this.#stored(entry, ack.version);
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Lost)) throw error;
      if (error instanceof Lost || PASSING.has(error.code)) return this.#later(room, tries, error);
      this.#refuse(entry, error);
    }
    return this.#sendNext(room, 0);
  }

  /** The first of the room waits, and with it those behind: their order is a promise. */
  #later(
    /** @type {number} */ room,
    /** @type {number} */ tries,
    /** @type {Refusal | Lost} */ error,
  ) {
    const backOff = Math.min(RETRY_LONGEST, RETRY_FIRST * 2 ** tries);
    const told = error instanceof Refusal && error.retryAfter ? error.retryAfter * 1000 : 0;
    const delay = Math.max(backOff, told);
    const timer = this.#clock.after(() => {
      this.#waiting.delete(room);
      this.#sendNext(room, tries + 1);
    }, delay);
    const code = error instanceof Refusal ? error.code : "lost";
    this.#waiting.set(room, { timer, until: this.#clock.now() + delay, code });
    this.tell("change");
  }

  #stored(/** @type {Entry} */ entry, /** @type {number} */ version) {
    if (!this.has(entry.client_id)) return;
    entry.state = "stored";
    this.#storedAt.set(entry.client_id, version);
    this.#storage.remove(entry.client_id).catch(() => undefined);
    this.tell("change");
    this.tell("stored", entry);
  }

  #refuse(/** @type {Entry} */ entry, /** @type {Refusal} */ error) {
    entry.state = "refused";
    entry.refusal = { code: error.code, detail: error.message, held: error.held };
    this.#storage.put(entry).catch(() => undefined);
    this.tell("change");
  }

  #drop(/** @type {string} */ clientId) {
    this.#entries = this.#entries.filter((entry) => entry.client_id !== clientId);
    this.#storedAt.delete(clientId);
    this.#storage.remove(clientId).catch(() => undefined);
    this.tell("change");
  }
}

/** Leaves out what is null. */
function optional(/** @type {Record<string, unknown>} */ fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
