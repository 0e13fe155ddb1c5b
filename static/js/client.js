// @ts-check
/**
 * The chat of this page without its looks: the session, the store, the outbox and the windows
 * over the rooms, put together. Elements read from here, call the verbs, and listen.
 *
 * Tells `rooms`, `timeline`, `members`, `composer`, `typing`, `presence`, `connection`, `room`
 * (another room was opened), `arrived` (messages of others in the open room), `notice` (a text),
 * `stranger` (somebody else has signed in here).
 *
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./state/types.js").Message} Message
 * @typedef {import("./state/types.js").Member} Member
 * @typedef {import("./state/types.js").Person} Person
 * @typedef {import("./state/types.js").RoomRow} RoomRow
 * @typedef {import("./state/types.js").HistoryPage} HistoryPage
 * @typedef {import("./state/room.js").RoomState} RoomState
 * @typedef {import("./state/outbox.js").OutboxStorage} OutboxStorage
 *
 * @typedef {object} Page What the server put into the page.
 * @property {Person} user
 * @property {number | null} room
 * @property {RoomRow[]} rooms
 * @property {HistoryPage} history
 * @property {Member[]} members
 * @property {{body: number, frame: number, changes: number}} limits
 * @property {Record<string, string>} urls
 */
import { Emitter } from "./emitter.js";
import { Lost, Refusal } from "./session/refusal.js";
import { Drafts } from "./state/drafts.js";
import { Outbox } from "./state/outbox.js";
import { Presence } from "./state/presence.js";
import { OwnReactions } from "./state/reactions.js";
import { ReadReports } from "./state/reading.js";
import { Store } from "./state/store.js";
import { PAGE, Timeline, WINDOW } from "./state/timeline.js";
import { OwnTyping } from "./state/typing.js";
import { uuid } from "./uuid.js";
import { reason } from "./view/words.js";

/** ms before a command that found no way to the server is tried again */
const COMMAND_RETRY = 1000;

export class ChatClient extends Emitter {
  /** @type {number | null} the room on the screen */
  openRoom = null;
  /** @type {{message: number} | {entry: string} | null} what is being edited in the timeline */
  editing = null;
  /** @type {Map<number, Timeline>} */
  #timelines = new Map();
  /** @type {Map<number, number | null>} the seq above which each room's unread line stands */
  #unreadFrom = new Map();
  /** @type {Map<number, Person>} everyone this page has heard of */
  #people = new Map();
  /** @type {Set<string>} what is being read over HTTP */
  #loading = new Set();
  /** @type {Set<number>} rooms whose history could not be read */
  #unreadable = new Set();
  /** @type {Set<number>} authors whose rows were asked for */
  #askedAbout = new Set();
  #wasVisible = true;

  /**
   * @param {object} parts
   * @param {Page} parts.page
   * @param {Clock} parts.clock
   * @param {import("./session/session.js").Session} parts.session
   * @param {import("./session/api.js").Api} parts.api
   * @param {import("./screen.js").Screen} parts.screen
   * @param {import("./state/tabs.js").Tabs} parts.tabs
   * @param {OutboxStorage} parts.storage
   * @param {Drafts} [parts.drafts]
   */
  constructor({ page, clock, session, api, screen, tabs, storage, drafts }) {
    super();
    this.me = page.user;
    this.urls = page.urls;
    this.limits = page.limits;
    this.clock = clock;
    this.session = session;
    this.screen = screen;
    this.api = api;
    this.tabs = tabs;
    this.drafts = drafts ?? new Drafts(page.user.id);
    this.presence = new Presence(clock);
    this.reactions = new OwnReactions(page.user.id);
    this.store = new Store({
      me: page.user.id,
      clock,
      askSync: (rooms) => session.send({ type: "sync", rooms }),
    });
    this.outbox = new Outbox({
      storage,
      user: page.user.id,
      owner: tabs.id,
      clock,
      send: (frame) => session.request(frame),
    });
    this.typing = new OwnTyping((room, on) => session.send({ type: "typing", room, on }), clock);
    this.reads = new ReadReports(
      (room, seq) => session.send({ type: "read", room, seq }) !== null,
      clock,
    );
    this.#know([page.user]);
    this.#listen();
    this.#begin(page);
  }

  /** Opens the connection, and takes up what was left to send. */
  async start() {
    this.session.start();
    await this.tabs.start();
    await this.outbox.start((tab) => this.tabs.isAlive(tab));
  }

  // What elements read

  /** @returns {RoomState | null} */
  get room() {
    return (this.openRoom !== null && this.store.rooms.get(this.openRoom)) || null;
  }

  get timeline() {
    return this.openRoom === null ? null : (this.#timelines.get(this.openRoom) ?? null);
  }

  /** The rooms by name, direct conversations apart. */
  get lists() {
    const rooms = [...this.store.rooms.values()].sort((a, b) => a.name.localeCompare(b.name));
    return {
      rooms: rooms.filter((room) => room.kind !== "direct"),
      direct: rooms.filter((room) => room.kind === "direct"),
    };
  }

  /** Everything unread that asks for this member: mentions, and what is said to them directly. */
  get calls() {
    let calls = 0;
    for (const room of this.store.rooms.values()) {
      if (room.notify === "nothing") continue;
      calls += room.kind === "direct" ? room.unread.count : room.unread.mentions;
    }
    return calls;
  }

  get unreadFrom() {
    return this.openRoom === null ? null : (this.#unreadFrom.get(this.openRoom) ?? null);
  }

  /** @returns {"loading" | "failed" | "idle"} */
  get historyState() {
    if (this.openRoom === null) return "idle";
    if (this.#loading.has(`history:${this.openRoom}`)) return "loading";
    return this.#unreadable.has(this.openRoom) ? "failed" : "idle";
  }

  /** @param {number} id */
  person(id) {
    return this.#known(id) ?? { id, name: "Someone", username: "", avatar: null };
  }

  /** The members of the open room who are in it now. */
  get members() {
    return [...(this.room?.members.values() ?? [])].filter((member) => member.role !== null);
  }

  /** May this member delete the messages of others here? */
  get moderates() {
    return this.room?.role === "owner" || this.room?.role === "moderator";
  }

  /** May anything be written in the open room? */
  get readOnly() {
    return this.room !== null && (this.room.locked || this.room.archived);
  }

  // Verbs

  /** Shows a room: what is known at once, the rest as it comes. */
  open(/** @type {number} */ id) {
    const room = this.store.rooms.get(id);
    if (!room || this.openRoom === id) return;
    this.typing.stopped();
    this.#leaveRoom();
    this.openRoom = id;
    this.editing = null;
    if (!this.#timelines.has(id)) this.#timelines.set(id, new Timeline(room));
    this.#unreadFrom.set(id, room.unread.count > 0 ? room.unread.readSeq + 1 : null);
    this.presence.expectAll();
    this.#focus();
    this.#fill(id);
    this.#loadMembers(id);
    for (const topic of ["room", "rooms", "timeline", "members", "composer"]) this.tell(topic);
  }

  /** Goes to a message of the open room, or to the newest (null). */
  async goTo(/** @type {number | null} */ seq) {
    this.timeline?.open(seq);
    this.tell("timeline");
    if (this.openRoom !== null) await this.#fill(this.openRoom);
  }

  /** Shows more of the open room in one direction. */
  async grow(/** @type {"up" | "down"} */ direction) {
    const { timeline, openRoom } = this;
    if (!timeline || openRoom === null) return;
    await this.#fill(openRoom, direction);
    const { low, high } = timeline;
    if (direction === "up") timeline.growUp();
    else timeline.growDown();
    if (timeline.low !== low || timeline.high !== high) this.tell("timeline");
  }

  /** The reader asks again for the history that could not be read. */
  retryHistory() {
    if (this.openRoom === null) return;
    this.#unreadable.delete(this.openRoom);
    this.#fill(this.openRoom, "up");
    this.tell("timeline");
  }

  /** Everything up to `seq` of the open room is on a screen; it is read if somebody looks at it. */
  seen(/** @type {number} */ seq) {
    const { room } = this;
    if (!room || !this.screen.attended) return;
    if (this.store.read(room.id, seq)) this.reads.report(room.id, room.unread.readSeq);
  }

  /** Sends the draft of the open room. The draft goes when the outbox has written it down. */
  async send(/** @type {string} */ text) {
    const { room } = this;
    const body = text.trim();
    if (!room || !body) return;
    const { replyTo = null } = this.drafts.get(room.id) ?? {};
    const clientId = uuid();
    this.drafts.set(room.id, { text, replyTo, sentAs: clientId });
    this.typing.stopped();
    this.#unreadFrom.set(room.id, null);
    this.timeline?.open(null);
    const written = this.outbox.add({
      client_id: clientId,
      room: room.id,
      body,
      reply_to: replyTo,
    });
    this.#fill(room.id);
    await written;
    if (this.drafts.get(room.id)?.sentAs === clientId) this.drafts.clear(room.id);
    this.tell("composer");
  }

  /** The draft of the open room; one that a crash left behind after it was sent is gone. */
  get draft() {
    const { room } = this;
    if (!room) return null;
    const draft = this.drafts.get(room.id);
    if (!draft?.sentAs) return draft;
    const wasSent =
      this.outbox.has(draft.sentAs) ||
      [...room.rows.values()].some((row) => row.client_id === draft.sentAs);
    return wasSent ? null : draft;
  }

  /** Keeps what is typed in the open room. */
  write(/** @type {string} */ text) {
    if (this.openRoom === null) return;
    this.drafts.set(this.openRoom, { text, replyTo: this.draft?.replyTo ?? null });
    if (text.trim()) this.typing.typed(this.openRoom);
    else this.typing.stopped();
  }

  /** Chooses the message that the draft answers, or none. */
  replyTo(/** @type {number | null} */ message) {
    if (this.openRoom === null) return;
    this.drafts.set(this.openRoom, { text: this.draft?.text ?? "", replyTo: message });
    this.tell("composer");
  }

  /** Opens the editor on one's own message, or on one that was refused. */
  startEditing(/** @type {{message: number} | {entry: string} | null} */ what) {
    this.editing = what;
    this.tell("timeline");
  }

  /** Opens the editor on one's last message in the window. Tells whether there is one. */
  editLast() {
    const own = this.timeline?.messages.findLast(
      (message) => message.author === this.me.id && !message.deleted,
    );
    if (own) this.startEditing({ message: own.id });
    return own !== undefined;
  }

  /** Changes a message. Resolves when the server has it; rejects with Refusal. */
  edit(/** @type {number} */ message, /** @type {string} */ body) {
    return this.#command({ type: "edit", message, body });
  }

  async remove(/** @type {number} */ message) {
    await this.#command({ type: "delete", message }).catch((error) => this.#notice(error));
  }

  /** Puts or takes back a reaction: shown at once, taken back if it is refused. */
  async react(/** @type {Message} */ message, /** @type {string} */ emoji) {
    const on = !this.reactionsOf(message).some(
      (reaction) => reaction.emoji === emoji && reaction.users.includes(this.me.id),
    );
    this.reactions.press(message.id, emoji, on);
    this.tell("timeline");
    try {
      const ack = await this.#command({ type: "react", message: message.id, emoji, on });
      this.reactions.acked(message.id, emoji, ack.version);
    } catch (error) {
      this.reactions.refused(message.id, emoji);
      this.#notice(error);
    }
    this.tell("timeline");
  }

  reactionsOf(/** @type {Message} */ message) {
    return this.reactions.of(message, this.store.rooms.get(message.room)?.version ?? 0);
  }

  // How it hangs together

  #begin(/** @type {Page} */ page) {
    this.store.begin(page.rooms);
    if (page.room === null || !this.store.rooms.has(page.room)) return;
    const room = /** @type {RoomState} */ (this.store.rooms.get(page.room));
    // The list of rooms was read first: a change that one of the later readings missed is synced.
    room.takeMessages(page.history.messages);
    if (page.members.length > 0) this.store.membersPage(room.id, page.members);
    this.open(room.id);
  }

  #listen() {
    const { session, store, outbox, presence, screen } = this;
    session.on("hello", (frame) => this.#greeted(frame));
    session.on("frame", (frame) => this.#handle(frame));
    session.on("lost", () => this.#lost());
    session.on("state", () => this.tell("connection"));
    store.on("rooms", () => this.#roomsChanged());
    store.on("room", (id) => this.#roomChanged(id));
    store.on("left", (id) => this.#roomLeft(id));
    outbox.on("change", () => this.tell("timeline"));
    presence.on("presence", () => this.tell("presence"));
    presence.on("typing", () => this.tell("typing"));
    screen.on("change", () => this.#looked());
    screen.on("network", () => this.#networkChanged());
  }

  #greeted(/** @type {import("./state/types.js").Hello} */ frame) {
    if (frame.user.id !== this.me.id) return this.tell("stranger");
    this.limits = frame.limits;
    this.presence.expectAll();
    this.store.hello(frame);
    this.#focus();
    for (const row of frame.rooms) {
      const readSeq = this.store.rooms.get(row.id)?.unread.readSeq ?? 0;
      if (readSeq > row.read_seq) this.reads.report(row.id, readSeq);
    }
    this.reads.flush();
    this.outbox.connected();
    this.#unreadable.clear();
    if (this.openRoom !== null) {
      this.#fill(this.openRoom);
      this.#loadMembers(this.openRoom);
    }
    return undefined;
  }

  #handle(/** @type {any} */ frame) {
    if (frame.type === "changes") this.#receive(frame);
    else if (frame.type === "typing") this.presence.receiveTyping(frame);
    else if (frame.type === "presence") this.presence.receive(frame);
    else if (frame.type === "read") this.store.read(frame.room, frame.read_seq);
    else if (frame.type === "lagged") this.store.lagged(frame.rooms);
    else if (frame.type === "room" && frame.joined) this.#joined(frame.joined);
    else if (frame.type === "room") this.store.left(frame.left);
    else if (frame.type === "error") this.store.syncRefused(frame);
  }

  #receive(/** @type {import("./state/types.js").Changes} */ frame) {
    const before = this.room?.lastSeq ?? 0;
    this.store.receive(frame);
    if (frame.room !== this.openRoom) return;
    const isNew = (/** @type {Message} */ row) =>
      row.seq > before && row.author !== this.me.id && !row.deleted;
    const arrived = frame.messages.filter(isNew);
    if (arrived.length === 0) return;
    this.#drawUnreadLine(arrived[0].seq);
    this.tell("arrived", arrived);
  }

  /** What comes while nobody looks, or below what is looked at, gets a line above it. */
  #drawUnreadLine(/** @type {number} */ seq) {
    const { room, timeline, unreadFrom } = this;
    if (!room || (this.screen.attended && timeline?.following)) return;
    const isReadOn = unreadFrom !== null && unreadFrom <= room.unread.readSeq;
    if (unreadFrom === null || isReadOn) this.#unreadFrom.set(room.id, seq);
  }

  #lost() {
    this.store.disconnected();
    this.outbox.disconnected();
    this.presence.disconnected();
    this.tell("connection");
  }

  #joined(/** @type {RoomRow} */ row) {
    this.#timelines.delete(row.id);
    this.store.joined(row);
    if (this.openRoom !== row.id) return;
    this.openRoom = null;
    this.open(row.id);
  }

  #roomsChanged() {
    for (const room of this.store.rooms.values()) this.#know(room.with);
    this.tell("rooms");
  }

  #roomChanged(/** @type {number} */ id) {
    const room = this.store.rooms.get(id);
    if (!room) return;
    this.#clearOutbox(room);
    this.#timelines.get(id)?.update();
    this.#trim(room);
    this.tell("rooms");
    if (id !== this.openRoom) return;
    this.#fill(id);
    this.#loadMembers(id);
    for (const topic of ["timeline", "members"]) this.tell(topic);
  }

  /** What the room shows, or must show by now, is no longer on its way. */
  #clearOutbox(/** @type {RoomState} */ room) {
    if (this.outbox.in(room.id).length === 0) return;
    const own = [...room.rows.values()].filter((row) => row.author === this.me.id);
    const clientIds = new Set(own.map((row) => row.client_id));
    this.outbox.arrived(room.id, room.version, (clientId) => clientIds.has(clientId));
  }

  #roomLeft(/** @type {number} */ id) {
    this.#timelines.delete(id);
    this.#unreadFrom.delete(id);
    if (this.openRoom !== id) return;
    this.openRoom = null;
    this.tell("room");
  }

  /** Rooms that are not looked at keep their newest messages, the open one what is around it. */
  #trim(/** @type {RoomState} */ room) {
    const isSettled = !this.store.isCatchingUp(room.id) && !this.#loading.has(`history:${room.id}`);
    if (room.rows.size <= 4 * WINDOW || !isSettled) return;
    const timeline = room.id === this.openRoom ? this.timeline : null;
    if (timeline) room.trim(timeline.low - WINDOW, timeline.high + WINDOW);
    else room.trim(room.lastSeq - WINDOW, room.lastSeq);
  }

  #leaveRoom() {
    const { room, timeline } = this;
    if (room && timeline) this.#unreadFrom.set(room.id, null);
  }

  #focus() {
    this.session.send({ type: "focus", room: this.openRoom, visible: this.screen.visible });
  }

  #looked() {
    if (this.screen.visible !== this.#wasVisible) {
      this.#wasVisible = this.screen.visible;
      if (this.#wasVisible) this.session.nudge();
      this.#focus();
    }
    this.tell("timeline");
  }

  #networkChanged() {
    if (this.screen.online) this.session.nudge();
    else this.session.probe();
    this.tell("connection");
  }

  /**
   * Reads from the server what the window over a room lacks, or what it needs to grow.
   * @param {number} id
   * @param {"up" | "down"} [direction]
   */
  async #fill(id, direction) {
    const room = this.store.rooms.get(id);
    const timeline = this.#timelines.get(id);
    if (!room || !timeline || this.store.isCatchingUp(id)) return;
    const need = timeline.need(direction);
    if (!need || this.#unreadable.has(id) || this.#loading.has(`history:${id}`)) return;
    await this.#once(`history:${id}`, async () => {
      const where = "newest" in need ? {} : need;
      const page = await this.api.messages(id, { ...where, limit: PAGE });
      const known = room.rows.size;
      if (this.store.rooms.get(id) === room) this.store.history(id, page);
      if (room.rows.size === known) this.#unreadable.add(id);
    }).catch(() => this.#unreadable.add(id));
    this.tell("timeline");
  }

  async #loadMembers(/** @type {number} */ id) {
    const room = this.store.rooms.get(id);
    if (!room || (room.membersLoaded && !this.#meetsStrangers(room))) return;
    await this.#once(`members:${id}`, async () => {
      const { members } = await this.api.members(id);
      if (this.store.rooms.get(id) === room) this.store.membersPage(id, members);
    }).catch(() => undefined); // the next change in the room, or the next hello, tries again
  }

  /** Messages by someone whose row has not come: they joined, wrote and left while we were away. */
  #meetsStrangers(/** @type {RoomState} */ room) {
    const messages = this.#timelines.get(room.id)?.messages ?? [];
    const strangers = messages
      .map((row) => row.author)
      .filter((author) => !this.#known(author) && !this.#askedAbout.has(author));
    for (const author of strangers) this.#askedAbout.add(author);
    return strangers.length > 0;
  }

  /** Runs `read` unless the same is under way. */
  async #once(/** @type {string} */ name, /** @type {() => Promise<void>} */ read) {
    if (this.#loading.has(name)) return;
    this.#loading.add(name);
    this.tell("timeline");
    try {
      await read();
    } finally {
      this.#loading.delete(name);
    }
  }

  #know(/** @type {Person[]} */ people) {
    for (const person of people) this.#people.set(person.id, person);
  }

  /** @returns {Person | undefined} */
  #known(/** @type {number} */ id) {
    const member = this.room?.members.get(id);
    return member ? { ...member, id } : this.#people.get(id);
  }

  /** A command that may be repeated: until there is an answer. */
  async #command(/** @type {Record<string, unknown>} */ frame) {
    for (;;) {
      try {
        return await this.session.request(frame);
      } catch (error) {
        const isPassing = error instanceof Refusal && error.code === "unavailable";
        if (!isPassing && !(error instanceof Lost)) throw error;
        if (this.session.state === "stopped") throw new Refusal("forbidden", "You are signed out.");
        await new Promise((resolve) => {
          this.clock.after(() => resolve(undefined), COMMAND_RETRY);
        });
      }
    }
  }

  #notice(/** @type {unknown} */ error) {
    if (!(error instanceof Refusal)) throw error;
    this.tell("notice", reason({ code: error.code, detail: error.message }));
  }
}
