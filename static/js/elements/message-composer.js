// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, language, ngettext } from "../language.js";
import { readCommand } from "../state/slash.js";
import { icon } from "../view/pieces.js";
import { spanInWords } from "../view/until.js";
import { fitHeight, length } from "./text-field.js";
import { ChatElement } from "./element.js";
import { replyChip } from "./reply-chip.js";

/**
 * @typedef {import("./completion-list.js").CompletionList} CompletionList
 * @typedef {import("./absent-note.js").AbsentNote} AbsentNote
 * @typedef {import("./composer-closed.js").ComposerClosed} ComposerClosed
 */

/** code points left from which on the rest is counted aloud */
const COUNT_FROM = 200;
/** px; a finger's keyboard has no Shift+Enter, so Enter breaks the line there */
const TOUCH = matchMedia("(pointer: coarse)");
/** signs after which something can be completed */
const COMPLETES = /[@#/:]/;

/** Where one writes. What is typed is kept with every key, and goes only when it is written down. */
class MessageComposer extends ChatElement {
  static topics = ["composer", "room", "members", "scheduled"];
  #room = /** @type {number | null} */ (null);
  /** What is wrong with a command, in words. */
  #error = "";
  #isBusy = false;
  /** @type {CompletionList | null} */
  #completions = null;
  /** @type {AbsentNote | null} */
  #absent = null;
  /** @type {ComposerClosed | null} in place of the field where one may not write */
  #closed = null;

  entered() {
    this.client.on("room", () => this.#fill(), this.ended);
    this.client.on("composer", () => this.#fill(), this.ended);
    this.#fill();
  }

  get #field() {
    return this.querySelector("textarea");
  }

  /** The focus goes where one writes, or to the words that say why one cannot. */
  focus() {
    /** @type {HTMLElement | null} */ (this.querySelector("textarea, .composer__closed"))?.focus();
  }

  template() {
    const { client } = this;
    const { room, readOnly } = client;
    if (!room) return nothing;
    if (readOnly) {
      if (!this.#closed) void this.#loadClosed();
      return this.#closed ?? html`<p class="composer__closed" tabindex="-1"></p>`;
    }
    this.#closed = null; // an element is drawn in one place once
    const left = client.limits.body - length(this.#field?.value ?? "");
    return html`
      ${this.#absent ?? nothing} ${this.#later()} ${this.#slowness()}
      ${replyChip(client, client.writing.draft?.replyTo, () => client.writing.replyTo(null))}
      ${this.#error
        ? html`<p class="composer__note composer__error" role="alert">
            ${icon("circle-alert")} <span>${this.#error}</span>
          </p>`
        : nothing}
      <form class="composer__box" @submit=${this.#submit}>
        ${this.#completions ?? nothing}
        <textarea
          class="composer__field"
          id="message"
          rows="1"
          dir="auto"
          aria-label=${gettext("Message to {room}", { room: room.name })}
          placeholder=${gettext("Message {room}", { room: signed(room) })}
          autocomplete="off"
          enterkeyhint=${TOUCH.matches ? "enter" : "send"}
          ?readonly=${this.#isBusy}
          @input=${this.#typed}
          @keydown=${this.#pressed}
          @keyup=${this.#moved}
          @click=${this.#moved}
          @blur=${() => this.#completions?.close()}
        ></textarea>
        ${left < COUNT_FROM
          ? html`<span class="composer__left" role="status" ?data-over=${left < 0}>
              ${left.toLocaleString(language)}
            </span>`
          : nothing}
        <button
          class="composer__more"
          type="button"
          title=${gettext("More to send")}
          aria-haspopup="menu"
          @click=${this.#openMenu}
        >
          ${icon("plus")}<span class="visually-hidden">${gettext("More to send")}</span>
        </button>
        <button class="composer__send" type="submit" title=${gettext("Send")} ?disabled=${left < 0}>
          ${icon("send-horizontal")}<span class="visually-hidden">${gettext("Send")}</span>
        </button>
      </form>
    `;
  }

  /** Says in what pace one may write, to those whom it concerns. */
  #slowness() {
    const { room } = this.client;
    if (!room?.slowMode || room.isSteward) return nothing;
    const pause = spanInWords(room.slowMode);
    return html`<p class="composer__note" role="status">
      ${icon("clock")} <span>${gettext("Slow mode: one message every {pause}.", { pause })}</span>
    </p>`;
  }

  async #loadClosed() {
    const { ComposerClosed } = await import("./composer-closed.js");
    this.#closed ??= new ComposerClosed();
    this.#closed.client = this.client;
    this.paint();
  }

  /** What waits to be sent into this room, and what of all rooms could not be sent. */
  #later() {
    const { composing, openRoom, panels } = this.client;
    const failed = composing.scheduled.filter(({ state }) => state === "failed").length;
    const waiting = composing.scheduled.filter(
      ({ state, room }) => state !== "failed" && room === openRoom,
    ).length;
    if (failed + waiting === 0) return nothing;
    const told = [
      waiting > 0 ? ngettext("{n} scheduled here", "{n} scheduled here", waiting) : "",
      failed > 0
        ? ngettext("{n} scheduled could not be sent", "{n} scheduled could not be sent", failed)
        : "",
    ];
    return html`<p class="composer__note" ?data-failed=${failed > 0}>
      ${icon(failed > 0 ? "circle-alert" : "clock")} <span>${told.filter(Boolean).join(" · ")}</span>
      <button type="button" class="link" @click=${() => panels.show("scheduled")}>
        ${gettext("Show")}
      </button>
    </p>`;
  }

  /** Shows the open room's draft, unless it is what is being typed. */
  #fill() {
    this.paint();
    const field = this.#field;
    const text = this.client.writing.draft?.text ?? "";
    const isOtherRoom = this.#room !== this.client.openRoom;
    if (isOtherRoom) this.#error = "";
    this.#room = this.client.openRoom;
    if (isOtherRoom && !TOUCH.matches) this.focus();
    if (!field) return;
    if (field.value !== text) field.value = text;
    fitHeight(field);
    this.update();
    if (!TOUCH.matches && this.client.writing.draft?.replyTo != null) field.focus();
  }

  #typed() {
    const field = this.#field;
    if (!field) return;
    this.#error = "";
    this.client.writing.write(field.value);
    fitHeight(field);
    this.update();
    void this.#complete(field);
  }

  /** Suggests what the word at the caret may mean, once there is one that can be completed. */
  async #complete(/** @type {HTMLTextAreaElement} */ field) {
    if (!this.#completions && COMPLETES.test(field.value)) {
      const { CompletionList } = await import("./completion-list.js");
      this.#completions ??= new CompletionList();
      this.#completions.client = this.client;
      this.paint();
    }
    if (!this.#completions) return;
    this.#completions.field = field;
    this.#completions.typed();
  }

  #moved(/** @type {Event} */ event) {
    const isCaret = !(event instanceof KeyboardEvent) || /^(Arrow(Left|Right)|Home|End)$/.test(event.key);
    if (isCaret) this.#completions?.typed();
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    const field = this.#field;
    if (!field || event.isComposing || this.#completions?.pressed(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !TOUCH.matches) {
      event.preventDefault();
      void this.#send(field);
    } else if (event.key === "ArrowUp" && field.value === "") {
      if (this.client.writing.editLast()) event.preventDefault();
    } else if (event.key === "Escape") {
      this.client.writing.replyTo(null);
    }
  }

  #submit(/** @type {Event} */ event) {
    event.preventDefault();
    const field = this.#field;
    if (!field) return;
    void this.#send(field);
    field.focus();
  }

  async #openMenu(/** @type {Event} */ event) {
    const opener = /** @type {HTMLElement} */ (event.currentTarget);
    const { ComposerMenu } = await import("./composer-menu.js");
    const menu = new ComposerMenu();
    menu.client = this.client;
    menu.open(opener, () => this.#fill());
  }

  async #send(/** @type {HTMLTextAreaElement} */ field) {
    const text = field.value.trim();
    if (!text || length(text) > this.client.limits.body || this.#isBusy) return;
    this.#completions?.close();
    const said = readCommand(text);
    if (said.kind === "command") await this.#carryOut(field, said);
    else if (said.kind === "unknown") {
      this.#error = gettext(
        "There is no command {command}. /help shows them all; begin with // to say it.",
        { command: `/${said.name}` },
      );
      this.paint();
    } else this.#say(said.body);
  }

  #say(/** @type {string} */ body) {
    const room = /** @type {number} */ (this.client.openRoom);
    void this.client.writing.send(body);
    this.#fill();
    if (body.includes("@")) void this.#mindAbsent(room, body);
  }

  async #mindAbsent(/** @type {number} */ room, /** @type {string} */ body) {
    if (!this.#absent) {
      const { AbsentNote } = await import("./absent-note.js");
      this.#absent ??= new AbsentNote();
      this.#absent.client = this.client;
      this.paint();
    }
    await this.#absent.sent(room, body);
  }

  /**
   * What was typed stays until the command is carried out.
   * @param {HTMLTextAreaElement} field
   * @param {{name: string, rest: string}} command
   */
  async #carryOut(field, command) {
    this.#isBusy = true;
    this.#error = "";
    this.paint();
    const { carryOut, Misused } = await import("../client/slash-commands.js");
    const { words } = await import("./asking.js");
    const { openRoom } = this.client;
    try {
      await carryOut(this.client, command);
      if (this.client.openRoom === openRoom) this.client.writing.write("");
    } catch (error) {
      this.#error = error instanceof Misused ? error.message : words(error);
    }
    this.#isBusy = false;
    this.#fill();
    field.focus();
  }
}

/** What a room is called where one writes into it. */
function signed(/** @type {{kind: string, name: string}} */ { kind, name }) {
  return kind === "direct" ? name : `#${name}`;
}

customElements.define("message-composer", MessageComposer);
