// @ts-check
/**
 * The chat of this page without its looks: the session, the store, the outbox and the windows
 * over the rooms, put together. Elements read from here, call the verbs, and listen.
 *
 * What belongs to one noun is in `client/`: `windows` (what is shown of the rooms), `reading`,
 * `writing`, `messages` (what one does with a message), `quotes`, `threads`, `saved`, `panels`,
 * `people`, `commands`.
 *
 * Tells `rooms`, `timeline`, `members`, `composer`, `typing`, `presence`, `connection`, `threads`,
 * `pins`, `saved`, `panel` (another one stands beside the conversation, or none), `room`
 * (another room was opened), `arrived` (messages of others in the open room), `notice` (a text),
 * `go` (an address that is asked for), `verdict` (what moderators did to this member), `moderation`
 * (there is something new for those who look after a room), `stranger` (the page is no longer this
 * member's: another one signed in here, or they are banned).
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
 * @property {Person & {moderator?: boolean}} user `moderator`: of the whole site
 * @property {number | null} room
 * @property {RoomRow[]} rooms
 * @property {HistoryPage} history
 * @property {number | null} at the seq that the address names
 * @property {boolean} first_visit
 * @property {Member[]} members
 * @property {{body: number, frame: number, changes: number, reason: number, note: number,
 *   appeal: number, search: number}} limits
 * @property {Record<string, string>} urls of pages; empty where it is not for this member
 * @property {import("./client/reach.js").Reach} reach
 * @property {string | null} [epoch] of what a page without a network remembers
 */
import { Commands } from "./client/commands.js";
import { Composing } from "./client/composing.js";
import { MessageVerbs } from "./client/message-verbs.js";
import { OwnList } from "./client/own-list.js";
import { Panels } from "./client/panels.js";
import { People } from "./client/people.js";
import { Quotes } from "./client/quotes.js";
import { Reading } from "./client/reading.js";
import { Saved } from "./client/saved.js";
import { Threads } from "./client/threads.js";
import { Verdicts } from "./client/verdicts.js";
import { Windows } from "./client/windows.js";
import { Writing } from "./client/writing.js";
import { Emitter } from "./emitter.js";
import { gettext } from "./language.js";
import { Lost, Refusal } from "./session/refusal.js";
import { Drafts } from "./state/drafts.js";
import { Outbox } from "./state/outbox.js";
import { Presence } from "./state/presence.js";
import { Store } from "./state/store.js";
import { isInRoom } from "./state/thread.js";
import { reason } from "./view/words.js";

export class ChatClient extends Emitter {
  /** @type {number | null} the room on the screen */
  openRoom = null;
  /** Whether the site has newer scripts than this page. */
  isOutdated = false;
  /** @type {number | null} the room that was open, once this member is in it no longer */
  leftRoom = null;
  /** ms that the server's clock is ahead of this one */
  skew = 0;
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
   */
  constructor({ page, clock, session, api, screen, tabs, storage }) {
    super();
    this.me = page.user;
    this.urls = page.urls;
    this.firstVisit = page.first_visit;
    this.limits = page.limits;
    this.reach = page.reach;
    this.clock = clock;
    this.session = session;
    this.screen = screen;
    this.api = api;
    this.tabs = tabs;
    this.presence = new Presence(clock);
    this.store = new Store({
      me: page.user.id,
      clock,
      askSync: (rooms) => session.send({ type: "sync", rooms }),
    });
    this.store.epoch = page.epoch ?? null;
    this.outbox = new Outbox({
      storage,
      user: page.user.id,
      owner: tabs.id,
      clock,
      send: (frame) => session.request(frame),
    });
    this.commands = new Commands(session, clock);
    this.messages = new MessageVerbs(this);
    this.ownList = new OwnList(this);
    this.panels = new Panels(this);
    this.people = new People(this);
    this.quotes = new Quotes(this);
    this.reading = new Reading(this);
    this.saved = new Saved(this);
    this.threads = new Threads(this);
    this.verdicts = new Verdicts(this);
    this.windows = new Windows(this);
    this.drafts = new Drafts(page.user.id);
    this.writing = new Writing(this, this.drafts);
    this.composing = new Composing(this, this.drafts);
    this.#listen();
    this.#begin(page);
  }

  /** Opens the connection, and takes up what was left to send. */
  async start() {
    this.session.start();
    await this.tabs.start();
    await this.outbox.start((tab) => this.tabs.isAlive(tab));
  }

  // What is open

  /** @returns {RoomState | null} */
  get room() {
    return (this.openRoom !== null && this.store.rooms.get(this.openRoom)) || null;
  }

  /** The window over the open room. */
  get timeline() {
    return this.windows.open;
  }

  /** @param {number} id */
  person(id) {
    return this.people.get(id);
  }

  /** Does this member look after the open room? */
  get moderates() {
    return this.room !== null && (this.room.isSteward || this.me.moderator === true);
  }

  /** May this member only read the open room? */
  get readOnly() {
    return this.room !== null && !this.room.isWritable;
  }

  /** May this member take back what they said here? A mute leaves them that. */
  get mayTakeBack() {
    return this.room !== null && !this.room.locked && !this.room.archived;
  }

  /**
   * Shows a room: what is known at once, the rest as it comes; `seq` goes to a message of it.
   * @param {number} id
   * @param {number | null} [seq]
   */
  open(id, seq = null) {
    const room = this.store.rooms.get(id);
    if (room && this.openRoom !== id) this.#enter(room, seq);
    else if (room && seq !== null) void this.windows.goTo(seq);
  }

  /**
   * @param {RoomState} room
   * @param {number | null} seq
   */
  #enter(room, seq) {
    const { id } = room;
    this.writing.left();
    this.panels.roomLeft();
    if (this.openRoom !== null) this.reading.eraseLine(this.openRoom);
    this.openRoom = id;
    const edited = this.writing.entered(id);
    this.windows.begin(room, seq ?? edited);
    this.reading.entered(room);
    this.timeline?.narrow(this.reading.line);
    this.presence.expectAll();
    this.#focus();
    void this.windows.fill(id);
    void this.people.load(id);
    for (const topic of ["room", "rooms", "timeline", "members", "composer"]) this.tell(topic);
  }

  /** Tells of what was refused, or found no way to the server; raises anything else. */
  refused(/** @type {unknown} */ error) {
    if (error instanceof Lost) this.tell("notice", gettext("The server cannot be reached. Try again."));
    else if (error instanceof Refusal) {
      this.tell("notice", reason({ code: error.code, detail: error.message }));
    } else throw error;
  }

  // How it hangs together

  #begin(/** @type {Page} */ page) {
    this.store.begin(page.rooms);
    if (page.room === null || !this.store.rooms.has(page.room)) return;
    const room = /** @type {RoomState} */ (this.store.rooms.get(page.room));
    // The list of rooms was read first: a change that one of the later readings missed is synced.
    room.takeMessages(page.history.messages);
    if (page.members.length > 0) this.store.membersPage(room.id, page.members);
    this.open(room.id, page.at);
  }

  #listen() {
    const { session, store, outbox, presence, screen } = this;
    session.on("hello", (frame) => this.#greeted(frame));
    session.on("frame", (frame) => this.#handle(frame));
    session.on("lost", () => this.#lost());
    session.on("state", () => this.tell("connection"));
    store.on("rooms", () => this.#roomsChanged());
    store.on("room", (id) => this.#roomChanged(id));
    store.on("history", (id) => this.#historyRead(id));
    store.on("left", (id) => this.#roomLeft(id));
    outbox.on("change", () => this.tell("timeline"));
    presence.on("presence", () => this.tell("presence"));
    presence.on("typing", () => this.tell("typing"));
    screen.on("change", () => this.#looked());
    screen.on("network", () => this.#networkChanged());
  }

  #greeted(/** @type {import("./state/types.js").Hello} */ frame) {
    if (frame.user.id !== this.me.id) return this.tell("stranger");
    this.limits = { ...this.limits, ...frame.limits };
    this.skew = Date.parse(frame.server_time) - Date.now();
    this.presence.expectAll();
    this.store.hello(frame);
    this.#focus();
    this.reading.greeted(frame.rooms);
    this.outbox.connected();
    this.composing.connected();
    this.windows.connected();
    this.threads.connected();
    if (this.openRoom !== null) {
      this.windows.fill(this.openRoom);
      this.people.load(this.openRoom);
    }
    return undefined;
  }

  #handle(/** @type {any} */ frame) {
    if (frame.type === "changes") this.#receive(frame);
    else if (frame.type === "typing") this.presence.receiveTyping(frame);
    else if (frame.type === "presence") this.presence.receive(frame);
    else if (frame.type === "read") this.reading.told(frame);
    else if (frame.type === "thread") this.threads.moved(frame);
    else if (frame.type === "draft" || frame.type === "scheduled") this.composing.received(frame);
    else if (frame.type === "seats") this.store.arranged(frame.seats);
    else if (frame.type === "lagged") this.store.lagged(frame.rooms);
    else if (frame.type === "room" && frame.joined) this.#joined(frame.joined);
    else if (frame.type === "room") this.store.left(frame.left);
    else if (frame.type === "notice") this.verdicts.told(frame);
    else if (frame.type === "moderation") this.tell("moderation", frame.room);
    else if (frame.type === "error") this.store.syncRefused(frame);
  }

  #receive(/** @type {import("./state/types.js").Changes} */ frame) {
    const before = this.room?.lastSeq ?? 0;
    this.store.receive(frame);
    this.threads.receive(frame);
    if (frame.room !== this.openRoom) return;
    const isNew = (/** @type {Message} */ row) =>
      row.seq > before && row.author !== this.me.id && !row.deleted && isInRoom(row);
    const arrived = frame.messages.filter(isNew);
    if (arrived.length === 0) return;
    this.reading.arrived(arrived[0].seq);
    this.tell("arrived", arrived);
  }

  #lost() {
    this.store.disconnected();
    this.outbox.disconnected();
    this.presence.disconnected();
    // Whoever is banned from the site gets a page that says why, until when, and how to appeal.
    if (this.session.reason === "banned") this.tell("stranger");
    this.tell("connection");
  }

  #joined(/** @type {RoomRow} */ row) {
    this.verdicts.back(row.id);
    this.windows.forget(row.id);
    this.store.joined(row);
    if (this.openRoom !== row.id) return;
    this.openRoom = null;
    this.open(row.id);
  }

  #roomsChanged() {
    for (const room of this.store.rooms.values()) this.people.know(room.with);
    this.tell("rooms");
  }

  #roomChanged(/** @type {number} */ id) {
    const room = this.store.rooms.get(id);
    if (!room) return;
    this.#clearOutbox(room);
    this.windows.changed(room);
    this.tell("rooms");
    if (id !== this.openRoom) return;
    this.windows.fill(id);
    this.people.load(id);
    for (const topic of ["timeline", "members", "composer"]) this.tell(topic);
  }

  #historyRead(/** @type {number} */ id) {
    const room = this.store.rooms.get(id);
    if (!room) return;
    this.#clearOutbox(room);
    this.windows.changed(room);
    if (id !== this.openRoom) return;
    void this.people.load(id);
    this.tell("timeline");
  }

  /** What the room shows, or must show by now, is no longer on its way. */
  #clearOutbox(/** @type {RoomState} */ room) {
    if (this.outbox.in(room.id).length === 0) return;
    const own = [...room.rows.values()].filter((row) => row.author === this.me.id);
    const clientIds = new Set(own.map((row) => row.client_id));
    this.outbox.arrived(room.id, room.version, (clientId) => clientIds.has(clientId));
  }

  #roomLeft(/** @type {number} */ id) {
    this.windows.forget(id);
    this.reading.eraseLine(id);
    if (this.openRoom !== id) return;
    this.openRoom = null;
    this.leftRoom = id;
    this.tell("room");
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
}
