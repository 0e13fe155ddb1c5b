// @ts-check
/** @typedef {import("../state/room.js").RoomState} RoomState */
import { PAGE, Timeline, WINDOW } from "../state/timeline.js";

/** The windows over the rooms: what of each is shown, and what is read over HTTP for that. */
export class Windows {
  /** @type {Map<number, Timeline>} */
  #timelines = new Map();
  /** @type {Set<number>} rooms whose history is being read */
  #loading = new Set();
  /** @type {Set<number>} rooms whose history could not be read */
  #unreadable = new Set();
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
  }

  /** The window over a room, if it was ever opened. */
  of(/** @type {number | null} */ id) {
    return id === null ? null : (this.#timelines.get(id) ?? null);
  }

  /** The window over the open room. */
  get open() {
    return this.of(this.#client.openRoom);
  }

  /** @returns {"loading" | "failed" | "idle"} */
  get historyState() {
    const { openRoom } = this.#client;
    if (openRoom === null) return "idle";
    if (this.#loading.has(openRoom)) return "loading";
    return this.#unreadable.has(openRoom) ? "failed" : "idle";
  }

  /**
   * A room is opened: its window is made the first time, and goes to `seq` where one is given.
   * @param {RoomState} room
   * @param {number | null} seq
   */
  begin(room, seq) {
    if (!this.#timelines.has(room.id)) this.#timelines.set(room.id, new Timeline(room));
    if (seq !== null) this.#timelines.get(room.id)?.open(seq);
  }

  forget(/** @type {number} */ id) {
    this.#timelines.delete(id);
  }

  /** A connection is open: what could not be read may be tried again. */
  connected() {
    this.#unreadable.clear();
  }

  /** Goes to a message of the open room, or to the newest (null). Every way in ends here. */
  async goTo(/** @type {number | null} */ seq) {
    const { openRoom } = this.#client;
    if (openRoom === null) return;
    this.#unreadable.delete(openRoom);
    this.open?.open(seq);
    this.#client.tell("timeline");
    await this.fill(openRoom);
  }

  /** Goes to the first message of the open room at or after a moment; to the newest without one. */
  async goToTime(/** @type {Date} */ moment) {
    const { openRoom, api } = this.#client;
    if (openRoom === null) return;
    try {
      const { seq } = await api.seqAt(openRoom, moment);
      if (openRoom === this.#client.openRoom) await this.goTo(seq);
    } catch (error) {
      this.#client.refused(error);
    }
  }

  /** Goes to a message of the open room that is known by its id alone, as quotes do. */
  async goToMessage(/** @type {number} */ id) {
    const { openRoom, room, quotes } = this.#client;
    const held = room?.byId.get(id);
    if (held) return this.goTo(held.seq);
    const message = await quotes.read(id);
    if (message && this.#client.openRoom === openRoom) return this.goTo(message.seq);
    return undefined;
  }

  /** Shows a reply that is not in the room: its thread, beside the message that it began with. */
  async goToReply(/** @type {import("../state/types.js").Message} */ { thread }) {
    if (thread === null) return;
    const { panels } = this.#client;
    const isOpen = panels.open?.name === "thread" && panels.open.about === thread;
    if (!isOpen) panels.show("thread", thread);
    await this.goToMessage(thread);
  }

  /** Shows more of the open room in one direction. */
  async grow(/** @type {"up" | "down"} */ direction) {
    const { open: timeline } = this;
    const { openRoom } = this.#client;
    if (!timeline || openRoom === null) return;
    await this.fill(openRoom, direction);
    const { low, high } = timeline;
    if (direction === "up") timeline.growUp();
    else timeline.growDown();
    if (timeline.low !== low || timeline.high !== high) this.#client.tell("timeline");
  }

  /** The reader asks again for the history that could not be read. */
  retry() {
    const { openRoom } = this.#client;
    if (openRoom === null) return;
    this.#unreadable.delete(openRoom);
    this.fill(openRoom, "up");
    this.#client.tell("timeline");
  }

  /** Something in a room changed. */
  changed(/** @type {RoomState} */ room) {
    this.#timelines.get(room.id)?.update();
    this.#trim(room);
  }

  /**
   * Reads from the server what the window over a room lacks, or what it needs to grow.
   * @param {number} id
   * @param {"up" | "down"} [direction]
   */
  async fill(id, direction) {
    const { store, api } = this.#client;
    const room = store.rooms.get(id);
    const timeline = this.#timelines.get(id);
    if (!room || !timeline || store.isCatchingUp(id)) return;
    const need = timeline.need(direction);
    if (!need || this.#unreadable.has(id) || this.#loading.has(id)) return;
    this.#loading.add(id);
    this.#client.tell("timeline");
    try {
      const where = "newest" in need ? {} : need;
      const page = await api.messages(id, { ...where, limit: PAGE });
      const known = room.rows.size;
      if (store.rooms.get(id) === room) store.history(id, page);
      if (room.rows.size === known) this.#unreadable.add(id);
    } catch {
      this.#unreadable.add(id);
    } finally {
      this.#loading.delete(id);
    }
    this.#client.tell("timeline");
    await this.fill(id); // the window may have gone elsewhere meanwhile
  }

  /** Rooms that are not looked at keep their newest messages, the open one what is around it. */
  #trim(/** @type {RoomState} */ room) {
    const isSettled = !this.#client.store.isCatchingUp(room.id) && !this.#loading.has(room.id);
    if (room.rows.size <= 4 * WINDOW || !isSettled) return;
    const timeline = room.id === this.#client.openRoom ? this.open : null;
    if (timeline) room.trim(timeline.low - WINDOW, timeline.high + WINDOW);
    else room.trim(room.lastSeq - WINDOW, room.lastSeq);
  }
}
