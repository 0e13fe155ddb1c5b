// @ts-check
/**
 * @typedef {import("./message-row.js").Shown} Shown
 * @typedef {import("./timeline-eye.js").Place} Place
 * @typedef {import("../view/arrange.js").Item} Item
 */
import { html, noChange } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { gettext, ngettext } from "../language.js";
import { arrange } from "../view/arrange.js";
import { dayName } from "../view/dates.js";
import { listNames } from "../view/words.js";
import { isInRoom } from "../state/thread.js";
import { ChatElement, put } from "./element.js";
import { letterActs, messageActs } from "./message-acts.js";
import { onItsWay } from "./message-progress.js";
import { callsMe, drawnFrom, messageRow } from "./message-row.js";
import { earlierPill, newerPill, timelineHead } from "./timeline-ends.js";
import { TimelineEye } from "./timeline-eye.js";
import { TimelinePointer } from "./timeline-pointer.js";

/** px from an end at which the next page is shown */
const NEAR = 900;
/** ms that a message one jumped to stays marked */
const MARKED = 1600;
/** messages that are read out one by one when they arrive together */
const READ_OUT = 3;

/** The messages of the open room. Whatever is drawn, the row under the eye stays where it is. */
class ChatTimeline extends ChatElement {
  static topics = ["timeline"];
  /** @type {number | null} the room that is drawn */
  #drawn = null;
  /** @type {Map<number, Place | null>} where each room was left; null at its end */
  #places = new Map();
  #pointer = new TimelinePointer(
    () => this.update(),
    (row) => this.#on(this.#acts.more)(row),
  );
  /** @type {TimelineEye | null} */
  #eye = null;
  /** @type {import("./message-acts.js").Acts | null} */
  #made = null;
  /** @type {Map<string, unknown[]>} what each row was drawn from last; one that stays is passed over */
  #drawnFrom = new Map();
  /** @type {{id: number, text: string}[]} what was read out last */
  #readOut = [];

  entered() {
    const { ended: signal } = this;
    const scroller = /** @type {HTMLElement} */ (this.querySelector(".timeline__scroller"));
    const content = /** @type {HTMLElement} */ (this.querySelector(".timeline__content"));
    this.#eye = new TimelineEye(scroller, content);
    scroller.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    const sizes = new ResizeObserver(() => this.#resized());
    sizes.observe(scroller);
    sizes.observe(content);
    signal.addEventListener("abort", () => sizes.disconnect());
    this.client.on("arrived", (messages) => this.#announce(messages), signal);
    // Names, rights, what is unread: any row may look different then.
    for (const topic of ["room", "members", "connection", "threads"]) {
      this.client.on(topic, () => this.#redraw(), signal);
    }
    this.paint();
  }

  paint() {
    const eye = this.#eye;
    const { openRoom, timeline } = this.client;
    if (openRoom === this.#drawn) eye?.look();
    super.paint();
    if (!eye || !timeline) return;
    const isOther = this.#drawn !== openRoom;
    const isEmpty = timeline.isEmpty && !timeline.atEnd;
    this.#drawn = isEmpty ? null : openRoom;
    if (isEmpty) return;
    if (timeline.isAwaited) this.#show(eye, timeline.anchor);
    else if (isOther) this.#enter(eye);
    else if (timeline.following) eye.toEnd();
    else eye.keep();
    this.#settle(eye);
  }

  // What is drawn

  template() {
    const { client } = this;
    const pointer = this.#pointer;
    const items = arrange(this.#shown(), client.reading.line);
    const before = this.#drawnFrom;
    this.#drawnFrom = new Map();
    return html`
      <div
        class="timeline__scroller"
        role="log"
        aria-live="off"
        aria-label=${this.#label}
        @pointerover=${(/** @type {PointerEvent} */ event) => pointer.pointed(event)}
        @pointerleave=${(/** @type {PointerEvent} */ event) => pointer.unpointed(event)}
        @pointerdown=${(/** @type {PointerEvent} */ event) => pointer.rested(event, client.clock)}
        @contextmenu=${(/** @type {PointerEvent} */ event) => pointer.asked(event)}
        @click=${(/** @type {PointerEvent} */ event) => pointer.touched(event)}
        @focusin=${(/** @type {FocusEvent} */ event) => pointer.focused(event)}
        @focusout=${(/** @type {FocusEvent} */ event) => pointer.unfocused(event)}
        @keydown=${this.#pressed}
      >
        <div class="timeline__content">
          ${timelineHead(client)}
          ${repeat([client.openRoom], (room) => room, () => this.#rows(items, before))}
        </div>
      </div>
      ${earlierPill(client)} ${newerPill(client)}
      <div class="visually-hidden" aria-live="polite">
        ${repeat(this.#readOut, ({ id }) => id, ({ text }) => html`<p dir="auto">${text}</p>`)}
      </div>
    `;
  }

  /**
   * The rows of a room in an element of their own: when another room is opened they leave the page at
   * one go, which costs a fraction of taking them out one by one.
   * @param {Item[]} items
   * @param {Map<string, unknown[]>} before
   */
  #rows(items, before) {
    return html`<div class="timeline__rows">
      ${repeat(
        items,
        (/** @type {Item} */ item) => item.key,
        (/** @type {Item} */ item) => this.#item(item, items, before),
      )}
    </div>`;
  }

  get #label() {
    const { room } = this.client;
    return room ? gettext("Messages in {room}", { room: room.name }) : gettext("Messages");
  }

  /** @returns {Shown[]} */
  #shown() {
    const { room, timeline, outbox } = this.client;
    if (!room || !timeline) return [];
    const stored = timeline.messages;
    if (!timeline.atEnd) return stored;
    const there = new Set(stored.map((message) => `${message.author}:${message.client_id}`));
    const coming = outbox
      .in(room.id)
      .filter((entry) => !there.has(`${entry.user}:${entry.client_id}`))
      .map((entry, index) => onItsWay(entry, room.lastSeq + 1 + index))
      .filter(isInRoom);
    return [...stored, ...coming];
  }

  #redraw() {
    this.#drawnFrom.clear();
    this.update();
  }

  /**
   * @param {Item} item
   * @param {Item[]} items
   * @param {Map<string, unknown[]>} before what the rows were drawn from
   */
  #item(item, items, before) {
    if (item.kind === "day") {
      return html`<h3 class="timeline__day">
        <button
          type="button"
          tabindex="-1"
          title=${gettext("Go to a day")}
          @click=${() => this.#pickDay(item.date)}
        >
          ${dayName(item.date)}
        </button>
      </h3>`;
    }
    if (item.kind === "unread") {
      return html`<p class="timeline__unread" role="separator"><span>${gettext("New")}</span></p>`;
    }
    const view = {
      client: this.client,
      acts: this.#acts,
      continues: item.continues,
      key: item.key,
      isActive: item.key === this.#pointer.active,
      isStop: item.key === (this.#pointer.stop ?? items.at(-1)?.key),
    };
    const from = drawnFrom(item.message, view);
    if (!from) return messageRow(item.message, view);
    this.#drawnFrom.set(item.key, from);
    const last = before.get(item.key);
    return last?.every((each, at) => each === from[at]) ? noChange : messageRow(item.message, view);
  }

  // What is done

  get #acts() {
    const { client } = this;
    this.#made ??= messageActs(client, {
      reply: (message) => client.writing.replyTo(message.id),
      openThread: (message) => client.panels.show("thread", message.thread ?? message.id),
      pickDay: (message) => void this.#pickDay(new Date(message.created_at)),
    });
    return this.#made;
  }

  async #pickDay(/** @type {Date} */ date) {
    const { DateDialog } = await import("./date-dialog.js");
    put(DateDialog, this.client).ask(date);
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    const messageOf = (/** @type {HTMLElement} */ row) => this.#messageOf(row);
    const composer = /** @type {HTMLElement | null} */ (document.querySelector("message-composer"));
    const letters = letterActs(this.client, this.#acts, messageOf);
    this.#pointer.pressed(event, { ...letters, escape: () => composer?.focus() });
  }

  #messageOf(/** @type {HTMLElement} */ row) {
    return this.#shown().find((each) => String(each.seq) === row.dataset.seq);
  }

  /**
   * Does something with the message of a row.
   * @param {(message: Shown, row: HTMLElement) => void} act
   */
  #on(act) {
    return (/** @type {HTMLElement} */ row) => {
      const message = this.#messageOf(row);
      if (message) act(message, row);
    };
  }

  /** Reads out what is new: each by itself, so that the same words said twice are heard twice. */
  #announce(/** @type {import("../state/types.js").Message[]} */ arrived) {
    const { reach, room, screen } = this.client;
    const isWanted = (/** @type {Shown} */ row) =>
      reach.read_out === "everything" || room?.kind === "direct" || callsMe(row, this.client);
    const messages = reach.read_out === "nothing" ? [] : arrived.filter(isWanted);
    if (!screen.attended || messages.length === 0) return;
    const name = (/** @type {Shown} */ row) => this.client.person(row.author).name;
    this.#readOut =
      messages.length > READ_OUT
        ? [{ id: messages[0].id, text: summary(messages.length, messages.map(name)) }]
        : messages.map((row) => ({ id: row.id, text: said(name(row), row.body) }));
    this.update();
  }

  // Where the eye is

  /** Shows the message that was asked for, marked for a moment. */
  #show(/** @type {TimelineEye} */ eye, /** @type {number | null} */ seq) {
    const { room, windows, timeline } = this.client;
    const asked = room?.rows.get(seq ?? 0);
    if (asked && !isInRoom(asked)) {
      timeline?.look(seq); // asked for once
      return void windows.goToReply(asked);
    }
    const row = this.#row(seq);
    if (!row || eye.isShut) return undefined;
    timeline?.look(seq);
    eye.show(row);
    this.#pointer.stop = row.dataset.key ?? null;
    row.toggleAttribute("data-marked", true);
    return this.client.clock.after(() => row.toggleAttribute("data-marked", false), MARKED);
  }

  /** A room opened: where it was left, else at the unread line, else at the end. */
  #enter(/** @type {TimelineEye} */ eye) {
    const { timeline, openRoom } = this.client;
    const place = this.#places.get(openRoom ?? 0);
    eye.toEnd();
    if (place && !timeline?.following) return eye.keep(place);
    const line = this.querySelector(".timeline__unread");
    const first = line?.nextElementSibling;
    if (!line || !(first instanceof HTMLElement) || !eye.isAbove(line)) return undefined;
    timeline?.look(Number(first.dataset.seq));
    return eye.readOn(first, line); // as the page itself drew it: templates/chat/room.html
  }

  #row(/** @type {number | null} */ seq) {
    return /** @type {HTMLElement | null} */ (this.querySelector(`.message[data-seq="${seq}"]`));
  }

  #scrolled() {
    const eye = this.#eye;
    const { timeline, openRoom } = this.client;
    if (!eye || !timeline || openRoom === null || openRoom !== this.#drawn || eye.isShut) return;
    const wasFollowing = timeline.following;
    // One leaves the end by moving up, not by rows that take another height.
    const isStaying = wasFollowing && !eye.hasMovedUp;
    const isFollowing = isStaying || (timeline.atEnd && eye.isAtEnd);
    eye.look();
    timeline.look(isFollowing ? null : eye.seq);
    this.#places.set(openRoom, isFollowing ? null : eye.place);
    if (isFollowing !== wasFollowing) this.update();
    this.#settle(eye);
  }

  /** Rows took another height, or the screen did. */
  #resized() {
    const eye = this.#eye;
    const { timeline } = this.client;
    if (!eye || !timeline || eye.isShut || this.client.openRoom !== this.#drawn) return;
    if (timeline.isAwaited) this.update();
    else if (timeline.following) eye.toEnd();
    else eye.keep();
    this.#settle(eye);
  }

  /** Grows the window where an end is near, and tells what was seen. */
  #settle(/** @type {TimelineEye} */ eye) {
    const { timeline, windows, reading } = this.client;
    if (!timeline || eye.isShut) return;
    if (eye.aboveStart < NEAR && !timeline.atStart) void windows.grow("up");
    if (eye.belowEnd < NEAR && !timeline.atEnd) void windows.grow("down");
    const seen = eye.lastSeen();
    if (seen !== null) reading.seen(seen);
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function said(name, text) {
  return gettext("{name}: {text}", { name, text });
}

/**
 * @param {number} count
 * @param {string[]} authors
 */
function summary(count, authors) {
  const names = listNames([...new Set(authors)]);
  return ngettext("{n} new message from {names}", "{n} new messages from {names}", count, { names });
}

customElements.define("chat-timeline", ChatTimeline);
