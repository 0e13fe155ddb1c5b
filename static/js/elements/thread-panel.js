// @ts-check
/** @typedef {import("./message-progress.js").Shown} Shown */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { ThreadWriting } from "../client/thread-writing.js";
import { gettext, language, ngettext } from "../all-words.js";
import { arrange } from "../view/arrange.js";
import { dayName } from "../view/dates.js";
import { icon, skeleton } from "../view/pieces.js";
import { CompletionList } from "./completion-list.js";
import { ComposerClosed } from "./composer-closed.js";
import { letterActs, messageActs } from "./message-acts.js";
import { onItsWay } from "./message-progress.js";
import { messageRow } from "./message-row.js";
import { replyChip } from "./reply-chip.js";
import { SidePanel } from "./side-panel.js";
import { fitHeight, length } from "./text-field.js";
import { TimelinePointer } from "./timeline-pointer.js";

/** px from the end within which the newest counts as looked at */
const AT_END = 40;
/** ms that a message one jumped to stays marked */
const MARKED = 1600;
/** A finger's keyboard has no Shift+Enter, so Enter breaks the line there. */
const TOUCH = matchMedia("(pointer: coarse)");

/** A thread beside its room: its first message, those in it, and where one answers. */
export class ThreadPanel extends SidePanel {
  static topics = ["threads", "timeline", "members", "connection", "room"];
  #pointer = new TimelinePointer(
    () => this.update(),
    (row) => this.#ask(row),
  );
  #isAtEnd = true;
  /** @type {ThreadWriting} */
  // @ts-expect-error there is none before the panel enters the page
  #writing;
  #completions = new CompletionList();
  /** @type {import("./message-acts.js").Acts | null} */
  #made = null;
  /** @type {ComposerClosed | null} in place of the field where one may not write */
  #whyNot = null;

  get heading() {
    return gettext("Thread");
  }

  connectedCallback() {
    this.#writing = new ThreadWriting(this.client);
    this.#completions.client = this.client;
    super.connectedCallback();
  }

  entered() {
    super.entered();
    void this.client.threads.enter(this.about ?? 0).then(() => this.#filled());
    this.client.on("composer", () => this.#fill(), this.ended);
    this.ended.addEventListener("abort", () => this.client.threads.leave());
  }

  paint() {
    super.paint();
    const scroller = this.#scroller;
    if (!scroller) return;
    if (this.#isAtEnd) scroller.scrollTop = scroller.scrollHeight;
    this.#look();
  }

  tools() {
    const { following } = this.client.threads;
    if (following === null) return nothing;
    const label = following ? gettext("Stop following") : gettext("Follow");
    return html`<button
      type="button"
      class="button button--bare button--icon"
      title=${label}
      aria-pressed=${following}
      @click=${() => this.client.threads.follow(!following)}
    >
      ${icon(following ? "bell" : "bell-off")}<span class="visually-hidden">${label}</span>
    </button>`;
  }

  body() {
    const { threads } = this.client;
    const root = threads.open?.root;
    if (!root && threads.state === "failed") return this.#failure();
    if (!root) return skeleton(gettext("Loading…"));
    const items = arrange(this.#messages, null).filter(({ kind }) => kind !== "unread");
    return html`
      <div
        class="side-panel__scroller"
        role="log"
        aria-label=${gettext("Messages in the thread")}
        @scroll=${this.#scrolled}
        @pointerover=${(/** @type {PointerEvent} */ event) => this.#pointer.pointed(event)}
        @pointerleave=${(/** @type {PointerEvent} */ event) => this.#pointer.unpointed(event)}
        @pointerdown=${(/** @type {PointerEvent} */ event) => this.#pointer.rested(event, this.client.clock)}
        @contextmenu=${(/** @type {PointerEvent} */ event) => this.#pointer.asked(event)}
        @click=${(/** @type {PointerEvent} */ event) => this.#pointer.touched(event)}
        @focusin=${(/** @type {FocusEvent} */ event) => this.#pointer.focused(event)}
        @focusout=${(/** @type {FocusEvent} */ event) => this.#pointer.unfocused(event)}
        @keydown=${this.#rowPressed}
      >
        ${repeat(
          items,
          (item) => item.key,
          (item) => this.#item(item, items),
        )}
      </div>
      ${this.#foot(root)}
    `;
  }

  /** @returns {Shown[]} the first message and all that is shown below it */
  get #messages() {
    const root = this.client.threads.open?.root;
    return root ? [root, ...this.#replies()] : [];
  }

  /** @returns {Shown[]} those in the thread, and those on their way to it */
  #replies() {
    const { threads, outbox, store } = this.client;
    const open = threads.open;
    const room = store.rooms.get(open?.root?.room ?? 0);
    if (!open || !room) return [];
    const stored = open.messages;
    const there = new Set(stored.map((message) => message.client_id));
    const coming = outbox
      .in(room.id)
      .filter((entry) => entry.thread === open.id && !there.has(entry.client_id))
      .map((entry, index) => onItsWay(entry, room.lastSeq + 1 + index));
    return [...stored, ...coming];
  }

  /**
   * @param {import("../view/arrange.js").Item} item
   * @param {import("../view/arrange.js").Item[]} items
   */
  #item(item, items) {
    const { threads } = this.client;
    if (item.kind === "day") {
      return html`<h3 class="timeline__day" aria-level=${this.level + 1}>
        <span>${dayName(item.date)}</span>
      </h3>`;
    }
    if (item.kind !== "message") return nothing;
    const isRoot = item.message.id === threads.open?.id;
    const row = messageRow(item.message, {
      client: this.client,
      acts: this.#acts,
      continues: item.continues,
      key: item.key,
      isActive: item.key === this.#pointer.active,
      isStop: item.key === (this.#pointer.stop ?? items.at(-1)?.key),
    });
    return isRoot ? html`${row}${this.#earlier()}` : row;
  }

  #earlier() {
    const { threads } = this.client;
    const count = threads.open?.root?.replies?.count ?? 0;
    return html`<p class="thread-panel__count">
      ${count === 0 ? gettext("No replies yet") : ngettext("{n} reply", "{n} replies", count)}
      ${threads.open?.more
        ? html`<button
            type="button"
            class="link"
            ?disabled=${threads.state === "loading"}
            @click=${() => this.#older()}
          >
            ${gettext("Show earlier ones")}
          </button>`
        : nothing}
    </p>`;
  }

  #failure() {
    return html`<p class="side-panel__note">
      ${gettext("The thread could not be loaded.")}
      <button type="button" class="link" @click=${() => this.client.threads.retry()}>
        ${gettext("Try again")}
      </button>
    </p>`;
  }

  #closed() {
    this.#whyNot ??= new ComposerClosed();
    this.#whyNot.client = this.client;
    return this.#whyNot;
  }

  #foot(/** @type {import("../state/types.js").Message} */ root) {
    if (root.deleted) {
      return html`<p class="composer__closed">
        ${icon("lock")} <span>${gettext("Its first message was deleted: nothing can be added.")}</span>
      </p>`;
    }
    if (this.client.readOnly) return this.#closed();
    this.#whyNot = null;
    const left = this.client.limits.body - length(this.#field?.value ?? "");
    const { draft } = this.#writing;
    return html`<form class="thread-panel__foot" @submit=${this.#submit}>
      ${replyChip(this.client, draft?.replyTo, () => this.#writing.replyTo(null))}
      <div class="composer__box">
        ${this.#completions}
        <textarea
          class="composer__field"
          rows="1"
          dir="auto"
          aria-label=${gettext("Reply in the thread")}
          placeholder=${gettext("Reply…")}
          autocomplete="off"
          @input=${this.#typed}
          @keydown=${this.#pressed}
          @keyup=${this.#moved}
          @click=${this.#moved}
          @blur=${() => this.#completions.close()}
        ></textarea>
        <button class="composer__send" type="submit" title=${gettext("Send")} ?disabled=${left < 0}>
          ${icon("send-horizontal")}<span class="visually-hidden">${gettext("Send to the thread")}</span>
        </button>
      </div>
      <p class="thread-panel__also">
        <label><input type="checkbox" name="in_room" /> ${gettext("Show in the room too")}</label>
        ${left < 200
          ? html`<span role="status" ?data-over=${left < 0}
              >${left.toLocaleString(language)}</span
            >`
          : nothing}
      </p>
    </form>`;
  }

  // What is done

  get #acts() {
    const { client } = this;
    this.#made ??= messageActs(client, {
      reply: (message) => this.#reply(message),
      openThread: null,
      goTo: (id) => void this.#goTo(id),
      pickDay: null,
    });
    return this.#made;
  }

  #ask(/** @type {HTMLElement} */ row) {
    const message = this.#messages.find((each) => String(each.seq) === row.dataset.seq);
    if (message) this.#acts.more(message, row);
  }

  #reply(/** @type {Shown} */ message) {
    this.#writing.replyTo(message.id);
    this.#field?.focus();
  }

  /** The thread is there: what was typed before comes back, and one can go on. */
  #filled() {
    this.#fill();
    if (!TOUCH.matches) this.#field?.focus();
  }

  /** Shows the draft, unless it is what is being typed. */
  #fill() {
    this.paint();
    const field = this.#field;
    if (!field) return;
    const text = this.#writing.draft?.text ?? "";
    if (field.value !== text) field.value = text;
    fitHeight(field);
    this.update();
  }

  #typed() {
    const field = /** @type {HTMLTextAreaElement} */ (this.#field);
    this.#writing.write(field.value);
    fitHeight(field);
    this.update();
    this.#completions.field = field;
    this.#completions.typed();
  }

  #moved(/** @type {Event} */ event) {
    const isCaret = !(event instanceof KeyboardEvent) || /^(Arrow(Left|Right)|Home|End)$/.test(event.key);
    if (isCaret) this.#completions.typed();
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    if (event.isComposing || this.#completions.pressed(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !TOUCH.matches) this.#submit(event);
    else if (event.key === "Escape" && this.#writing.draft?.replyTo != null) {
      event.preventDefault(); // the first press is for the answer, the next for the panel
      this.#writing.replyTo(null);
    }
  }

  #rowPressed(/** @type {KeyboardEvent} */ event) {
    const rows = [this.client.threads.open?.root, ...this.#replies()];
    const messageOf = (/** @type {HTMLElement} */ row) =>
      rows.find((each) => String(each?.seq) === row.dataset.seq) ?? undefined;
    const letters = letterActs(this.client, this.#acts, messageOf);
    this.#pointer.pressed(event, { ...letters, escape: () => this.#field?.focus() });
  }

  #submit(/** @type {Event} */ event) {
    event.preventDefault();
    const field = this.#field;
    if (!field?.value.trim() || length(field.value) > this.client.limits.body) return;
    const inRoom = /** @type {HTMLInputElement} */ (this.querySelector("[name=in_room]"));
    this.#completions.close();
    void this.#writing.send(field.value, inRoom.checked);
    inRoom.checked = false;
    this.#isAtEnd = true;
    this.#fill();
  }

  /** Shows a message that another one answers: here if it is in this thread, else in the room. */
  async #goTo(/** @type {number} */ id) {
    const { threads, quotes, windows, clock } = this.client;
    const { open } = threads;
    const target = quotes.of(id) ?? (await quotes.read(id));
    if (!open || !target || threads.open !== open) return;
    if (target.id !== open.id && target.thread !== open.id) return void windows.goToMessage(id);
    while (open.more && !open.messages.some((row) => row.id === id) && threads.state !== "failed") {
      await this.#older();
    }
    const row = this.querySelector(`.message[data-seq="${target.seq}"]`);
    if (!row) return;
    this.#isAtEnd = false;
    row.scrollIntoView({ block: "center" });
    row.toggleAttribute("data-marked", true);
    clock.after(() => row.toggleAttribute("data-marked", false), MARKED);
  }

  /** What is above comes in above: the rows in sight stay where they are. */
  async #older() {
    const scroller = this.#scroller;
    const below = scroller ? scroller.scrollHeight - scroller.scrollTop : 0;
    this.#isAtEnd = false;
    await this.client.threads.older();
    this.paint();
    if (scroller) scroller.scrollTop = scroller.scrollHeight - below;
  }

  // Where the eye is

  get #field() {
    return /** @type {HTMLTextAreaElement | null} */ (this.querySelector("textarea.composer__field"));
  }

  get #scroller() {
    return /** @type {HTMLElement | null} */ (this.querySelector(".side-panel__scroller"));
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = /** @type {HTMLElement} */ (this.#scroller);
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    this.#look();
  }

  /** Whoever has the end of the thread before their eyes has read it. */
  #look() {
    const newest = this.client.threads.open?.messages.at(-1);
    if (newest && this.#isAtEnd && this.#scroller?.clientHeight) this.client.threads.seen(newest.seq);
  }
}

customElements.define("thread-panel", ThreadPanel);
