// @ts-check
/**
 * @typedef {import("./message-row.js").Shown} Shown
 * @typedef {import("../view/arrange.js").Item} Item
 * @typedef {{key: string, top: number}} Place a row, and how far below the edge it stands (px)
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { arrange } from "../view/arrange.js";
import { dayName } from "../view/dates.js";
import { icon } from "../view/pieces.js";
import { countText, listNames } from "../view/words.js";
import { ChatElement } from "./element.js";
import { messageRow, onItsWay } from "./message-row.js";
import "./reaction-picker.js";

/** px from an end at which the next page is shown */
const NEAR = 900;
/** px from the end within which the newest message counts as looked at */
const AT_END = 40;
/** ms that a message one jumped to stays marked */
const MARKED = 1600;
/** messages that are read out one by one when they arrive together */
const READ_OUT = 3;
/** ms after a hand was on it that scrolling counts as meant */
const BY_HAND = 500;
/** frames until rows that came near have taken their real height (content-visibility) */
const SETTLING = 4;

/** The messages of the open room. Whatever is drawn, the row under the eye stays where it is. */
export class ChatTimeline extends ChatElement {
  static topics = ["timeline", "room", "members", "connection"];
  /** @type {number | null} the room that is drawn */
  #drawn = null;
  /** @type {Map<number, Place | null>} where each room was left; null at its end */
  #places = new Map();
  /** @type {string | null} the row that is pointed at or in focus */
  #active = null;
  /** @type {string | null} the row where the Tab key stops */
  #stop = null;
  /** @type {Shown | null} what is about to be deleted */
  #doomed = null;
  #announcement = "";
  #top = 0; // px that were scrolled when last looked at
  #height = 0; // px of what is scrolled, then
  #touchedAt = -Infinity; // ms of the clock
  /** @type {Place | null} the place that was just entered */
  #held = null;

  entered() {
    const { ended: signal } = this;
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    const sizes = new ResizeObserver(() => this.#resized());
    sizes.observe(this.#scroller);
    sizes.observe(this.#content);
    signal.addEventListener("abort", () => sizes.disconnect());
    for (const type of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      this.addEventListener(type, () => this.#handled(), { signal, passive: true });
    }
    this.client.on("arrived", (messages) => this.#announce(messages), signal);
  }

  paint() {
    const { openRoom, timeline } = this.client;
    const isOther = this.#drawn !== openRoom;
    const place = isOther ? this.#placeOf(openRoom) : this.#place();
    super.paint();
    if (!timeline) return;
    const isAwaited = timeline.messages.length === 0 && !timeline.atEnd;
    this.#drawn = isAwaited ? null : openRoom;
    if (isAwaited) return;
    if (isOther && place) this.#hold(place);
    else if (isOther) this.#enter();
    else if (timeline.following) this.#toEnd();
    else this.#keep(place);
    this.#look();
    this.#settle();
  }

  /** Shows a message of this room, in the middle and marked for a moment. */
  async jump(/** @type {number} */ seq) {
    await this.client.goTo(seq);
    this.paint();
    const row = this.#row(seq);
    row?.scrollIntoView({ block: "center" });
    this.#hold(this.#place());
    row?.toggleAttribute("data-marked", true);
    this.client.clock.after(() => row?.toggleAttribute("data-marked", false), MARKED);
  }

  async #toNewest() {
    await this.client.goTo(null);
    this.paint();
  }

  // What is drawn

  template() {
    const { room, timeline, unreadFrom } = this.client;
    const items = arrange(this.#shown(), unreadFrom);
    return html`
      <div
        class="timeline__scroller"
        role="log"
        aria-live="off"
        aria-label=${room ? `Messages in ${room.name}` : "Messages"}
        @pointerover=${this.#pointed}
        @pointerleave=${this.#unpointed}
        @click=${this.#touched}
        @focusin=${this.#focused}
        @keydown=${this.#pressed}
      >
        <div class="timeline__content">
          ${this.#head()}
          ${repeat(
            items,
            (/** @type {Item} */ item) => item.key,
            (/** @type {Item} */ item) => this.#item(item, items),
          )}
        </div>
      </div>
      ${this.#earlierPill()} ${timeline ? this.#newerPill(timeline.newer) : nothing}
      <p class="visually-hidden" aria-live="polite">${this.#announcement}</p>
      <reaction-picker .client=${this.client}></reaction-picker>
      ${this.#confirmation()}
    `;
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
      .map((entry, index) => onItsWay(entry, room.lastSeq + 1 + index));
    return [...stored, ...coming];
  }

  /**
   * @param {Item} item
   * @param {Item[]} items
   */
  #item(item, items) {
    if (item.kind === "day") {
      return html`<h3 class="timeline__day"><span>${dayName(item.date)}</span></h3>`;
    }
    if (item.kind === "unread") {
      return html`<p class="timeline__unread" role="separator"><span>New</span></p>`;
    }
    return messageRow(item.message, {
      client: this.client,
      acts: this.#acts,
      continues: item.continues,
      key: item.key,
      isActive: item.key === this.#active,
      isStop: item.key === (this.#stop ?? items.at(-1)?.key),
    });
  }

  #head() {
    const { room, timeline, historyState } = this.client;
    if (!room || !timeline) return nothing;
    if (historyState === "failed") {
      return html`<p class="timeline__head">
        Earlier messages could not be loaded.
        <button type="button" class="link" @click=${() => this.client.retryHistory()}>
          Try again
        </button>
      </p>`;
    }
    if (historyState === "loading" && !timeline.atStart) {
      return html`<p class="timeline__head" role="status">Loading…</p>`;
    }
    return timeline.atStart && timeline.high <= room.lastSeq ? this.#beginning() : nothing;
  }

  #beginning() {
    const { room } = this.client;
    if (!room) return nothing;
    const isDirect = room.kind === "direct";
    return html`<div class="timeline__beginning">
      <h2>${isDirect ? room.name : html`Welcome to ${room.name}`}</h2>
      <p>
        ${isDirect
          ? "This is the beginning of your conversation. Nobody else can read it."
          : room.topic || "This is where the room begins. Say hello."}
      </p>
    </div>`;
  }

  #newerPill(/** @type {number} */ newer) {
    const { timeline } = this.client;
    if (!timeline || timeline.following) return nothing;
    const unread = this.client.room?.unread.count ?? 0;
    const count = Math.max(newer, unread);
    return html`<button type="button" class="timeline__pill" @click=${this.#toNewest}>
      ${icon("arrow-down")} ${count > 0 ? `${countText(count)} new` : "Newest"}
    </button>`;
  }

  #earlierPill() {
    const { timeline, unreadFrom } = this.client;
    if (!timeline || unreadFrom === null || unreadFrom >= timeline.low) return nothing;
    return html`<button
      type="button"
      class="timeline__pill timeline__pill--earlier"
      @click=${() => this.jump(unreadFrom)}
    >
      ${icon("arrow-up")} First unread
    </button>`;
  }

  #confirmation() {
    if (!this.#doomed) return nothing;
    const { author, body } = this.#doomed;
    return html`<dialog class="confirm" aria-label="Delete the message" @close=${this.#spare}>
      <p>Delete this message for everyone?</p>
      <blockquote><strong>${this.client.person(author).name}</strong> ${body}</blockquote>
      <form method="dialog" class="button-row">
        <button class="button button--grave" autofocus @click=${this.#execute}>Delete</button>
        <button class="button button--quiet">Keep</button>
      </form>
    </dialog>`;
  }

  // What is done

  /** @type {import("./message-row.js").Acts} */
  #acts = {
    reply: (message) => this.client.replyTo(message.id),
    pickReaction: (message, opener) => this.#pickReaction(message, opener),
    remove: (message) => this.#askToRemove(message),
    jump: (seq) => void this.jump(seq),
  };

  #pickReaction(/** @type {Shown} */ message, /** @type {HTMLElement} */ opener) {
    const picker = /** @type {import("./reaction-picker.js").ReactionPicker} */ (
      this.querySelector("reaction-picker")
    );
    picker.open(opener, (emoji) => void this.client.react(message, emoji));
  }

  #askToRemove(/** @type {Shown} */ message) {
    this.#doomed = message;
    this.paint();
    this.querySelector("dialog")?.showModal();
  }

  #execute() {
    if (this.#doomed) void this.client.remove(this.#doomed.id);
  }

  #spare() {
    this.#doomed = null;
    this.update();
  }

  #announce(/** @type {import("../state/types.js").Message[]} */ messages) {
    if (!this.client.screen.attended) return;
    const name = (/** @type {{author: number}} */ row) => this.client.person(row.author).name;
    this.#announcement =
      messages.length > READ_OUT
        ? `${messages.length} new messages from ${listNames([...new Set(messages.map(name))])}`
        : messages.map((message) => `${name(message)}: ${message.body}`).join("\n");
    this.update();
  }

  // Which row is meant

  #pointed(/** @type {PointerEvent} */ event) {
    if (event.pointerType === "mouse") this.#activate(rowAt(event.target));
  }

  #unpointed(/** @type {PointerEvent} */ event) {
    if (event.pointerType === "mouse") this.#activate(null);
  }

  /** A finger has no hover: a tap on the row shows what can be done with it. */
  #touched(/** @type {PointerEvent} */ event) {
    const isPressed = /** @type {Element} */ (event.target).closest("a, button, textarea");
    if (event.pointerType !== "mouse" && !isPressed) this.#activate(rowAt(event.target));
  }

  #focused(/** @type {FocusEvent} */ event) {
    const row = rowAt(event.target);
    if (row) this.#stop = row.dataset.key ?? null;
    this.#activate(row);
  }

  #activate(/** @type {HTMLElement | null} */ row) {
    const key = row?.dataset.key ?? null;
    if (key === this.#active) return;
    this.#active = key;
    this.update();
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    const row = rowAt(event.target);
    if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return;
    const message = this.#shown().find((each) => String(each.seq) === row.dataset.seq);
    const acts = {
      ArrowUp: () => sibling(row, "previousElementSibling")?.focus(),
      ArrowDown: () => sibling(row, "nextElementSibling")?.focus(),
      r: () => message && this.#acts.reply(message),
      e: () => message && this.#acts.pickReaction(message, row),
    }[event.key];
    if (!acts) return;
    event.preventDefault();
    acts();
  }

  // Where the eye is

  get #scroller() {
    return /** @type {HTMLElement} */ (this.querySelector(".timeline__scroller"));
  }

  get #content() {
    return /** @type {HTMLElement} */ (this.querySelector(".timeline__content"));
  }

  /** A phone shows one thing at a time; what it does not show is not read. */
  get #isHidden() {
    return this.#scroller.clientHeight === 0;
  }

  #row(/** @type {number} */ seq) {
    return /** @type {HTMLElement | null} */ (this.querySelector(`.message[data-seq="${seq}"]`));
  }

  get #rows() {
    return /** @type {HTMLCollectionOf<HTMLElement>} */ (
      this.#content.getElementsByClassName("message")
    );
  }

  /** The first row in sight, and where it stands. @returns {Place | null} */
  #place() {
    if (!this.querySelector(".timeline__scroller")) return null;
    const edge = this.#scroller.getBoundingClientRect().top;
    const row = this.#rows[firstEndingBelow(this.#rows, edge)];
    if (!row) return null;
    return { key: row.dataset.key ?? "", top: row.getBoundingClientRect().top - edge };
  }

  #placeOf(/** @type {number | null} */ room) {
    return room === null ? null : (this.#places.get(room) ?? null);
  }

  /** Moves by as much as the row moved. */
  #keep(/** @type {Place | null} */ place) {
    const row = place && [...this.#rows].find((each) => each.dataset.key === place.key);
    if (!row) return;
    const edge = this.#scroller.getBoundingClientRect().top;
    const moved = row.getBoundingClientRect().top - edge - place.top;
    if (Math.abs(moved) >= 1) this.#scroller.scrollTop += moved;
  }

  /** A room opened anew: at the unread line where there is one, at the end otherwise. */
  #enter() {
    this.#toEnd();
    const line = this.querySelector(".timeline__unread");
    const { timeline } = this.client;
    if (!line || !timeline) return;
    const edge = this.#scroller.getBoundingClientRect().top;
    if (line.getBoundingClientRect().top >= edge) return;
    timeline.following = false;
    line.scrollIntoView({ block: "start" });
    this.#hold(this.#place());
  }

  /**
   * Keeps a place that was just entered while the rows around it take their real height. Whoever
   * scrolls meanwhile is let go.
   * @param {Place | null} place
   * @param {number} [frames]
   */
  #hold(place, frames = SETTLING) {
    this.#held = place;
    this.#keep(place);
    if (frames === 0) return;
    requestAnimationFrame(() => {
      if (this.#held === place && this.isConnected) this.#hold(place, frames - 1);
    });
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#look();
  }

  #scrolled() {
    const { timeline, openRoom } = this.client;
    if (!timeline || openRoom === null || openRoom !== this.#drawn || this.#isHidden) return;
    const wasFollowing = timeline.following;
    timeline.following = this.#isAtEnd(wasFollowing);
    this.#places.set(openRoom, timeline.following ? null : this.#place());
    if (timeline.following !== wasFollowing) this.update();
    this.#settle();
  }

  /**
   * Whoever was at the end leaves it by moving up, not by rows that take another height: then the
   * browser may scroll by itself, to keep some row where it was.
   */
  #isAtEnd(/** @type {boolean} */ was) {
    const { scrollTop, scrollHeight } = this.#scroller;
    const movedUp = scrollTop < this.#top - 1;
    const isByHand = this.client.clock.now() - this.#touchedAt < BY_HAND;
    const isByLayout = scrollHeight !== this.#height && !isByHand;
    this.#look();
    if (!this.client.timeline?.atEnd) return was && !movedUp;
    if (was && isByLayout) this.#toEnd();
    return this.#belowEnd() < AT_END || (was && !movedUp);
  }

  #look() {
    this.#top = this.#scroller.scrollTop;
    this.#height = this.#scroller.scrollHeight;
  }

  #handled() {
    this.#held = null;
    this.#touchedAt = this.client.clock.now();
  }

  #resized() {
    if (this.client.timeline?.following) this.#toEnd();
    this.#settle();
  }

  /** px between the end of what is drawn and the lower edge */
  #belowEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Grows the window where an end is near, and tells what was seen. */
  #settle() {
    const { timeline } = this.client;
    if (!timeline || this.#isHidden) return;
    if (this.#scroller.scrollTop < NEAR && !timeline.atStart) void this.client.grow("up");
    if (this.#belowEnd() < NEAR && !timeline.atEnd) void this.client.grow("down");
    const seen = this.#lastSeen();
    if (seen !== null) this.client.seen(seen);
  }

  /** The seq of the last message whose end is in sight. @returns {number | null} */
  #lastSeen() {
    const edge = this.#scroller.getBoundingClientRect().bottom + 1;
    let at = firstEndingBelow(this.#rows, edge) - 1;
    while (at >= 0 && !this.#rows[at].dataset.seq) at -= 1; // those on their way have no seq yet
    return at >= 0 ? Number(this.#rows[at].dataset.seq) : null;
  }
}

/**
 * The index of the first row whose end is below `edge`, or how many rows there are. Rows stand in
 * order, so few of them have to be measured.
 * @param {HTMLCollectionOf<HTMLElement>} rows
 * @param {number} edge
 */
function firstEndingBelow(rows, edge) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @returns {HTMLElement | null} */
function rowAt(/** @type {EventTarget | null} */ target) {
  return /** @type {Element} */ (target).closest(".message");
}

/**
 * @param {HTMLElement} row
 * @param {"previousElementSibling" | "nextElementSibling"} way
 */
function sibling(row, way) {
  let next = row[way];
  while (next && !next.matches(".message")) next = next[way];
  return /** @type {HTMLElement | null} */ (next);
}

customElements.define("chat-timeline", ChatTimeline);
