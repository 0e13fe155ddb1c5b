// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../view/pieces.js";
import { fitHeight, length } from "./text-field.js";
import { ChatElement } from "./element.js";

/** code points left from which on the rest is counted aloud */
const COUNT_FROM = 200;
/** px; a finger's keyboard has no Shift+Enter, so Enter breaks the line there */
const TOUCH = matchMedia("(pointer: coarse)");

/** Where one writes. What is typed is kept with every key, and goes only when it is written down. */
export class MessageComposer extends ChatElement {
  static topics = ["composer", "room", "members"];
  #room = /** @type {number | null} */ (null);

  entered() {
    this.client.on("room", () => this.#fill(), this.ended);
    this.client.on("composer", () => this.#fill(), this.ended);
    this.#fill();
  }

  get #field() {
    return this.querySelector("textarea");
  }

  template() {
    const { room, readOnly } = this.client;
    if (!room) return nothing;
    if (readOnly) {
      const why = room.archived ? "archived" : "locked";
      return html`<p class="composer__closed">${icon("lock")} This room is ${why}: read only.</p>`;
    }
    const left = this.client.limits.body - length(this.#field?.value ?? "");
    return html`
      ${this.#replyChip()}
      <form class="composer__box" @submit=${this.#submit}>
        <textarea
          class="composer__field"
          rows="1"
          aria-label="Message to ${room.name}"
          placeholder="Message ${room.kind === "direct" ? room.name : `#${room.name}`}"
          autocomplete="off"
          enterkeyhint=${TOUCH.matches ? "enter" : "send"}
          @input=${this.#typed}
          @keydown=${this.#pressed}
        ></textarea>
        ${left < COUNT_FROM
          ? html`<span class="composer__left" role="status" ?data-over=${left < 0}>${left}</span>`
          : nothing}
        <button class="composer__send" type="submit" title="Send" ?disabled=${left < 0}>
          ${icon("send-horizontal")}<span class="visually-hidden">Send</span>
        </button>
      </form>
    `;
  }

  #replyChip() {
    const { client } = this;
    const id = client.writing.draft?.replyTo;
    if (id == null) return nothing;
    const message = client.room?.byId.get(id);
    const name = message ? client.person(message.author).name : "a message";
    return html`
      <p class="composer__reply">
        ${icon("reply")}
        <span>Replying to <strong>${name}</strong> <q>${message?.body ?? ""}</q></span>
        <button type="button" title="Do not reply" @click=${() => client.writing.replyTo(null)}>
          ${icon("x")}<span class="visually-hidden">Do not reply</span>
        </button>
      </p>
    `;
  }

  /** Shows the open room's draft, unless it is what is being typed. */
  #fill() {
    this.paint();
    const field = this.#field;
    if (!field) return;
    const text = this.client.writing.draft?.text ?? "";
    const isOtherRoom = this.#room !== this.client.openRoom;
    this.#room = this.client.openRoom;
    if (field.value !== text) field.value = text;
    fitHeight(field);
    this.update();
    if (!TOUCH.matches && (isOtherRoom || this.client.writing.draft?.replyTo != null)) field.focus();
  }

  #typed() {
    const field = this.#field;
    if (!field) return;
    this.client.writing.write(field.value);
    fitHeight(field);
    this.update();
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    const field = this.#field;
    if (!field || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !TOUCH.matches) {
      event.preventDefault();
      this.#send(field);
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
    this.#send(field);
    field.focus();
  }

  #send(/** @type {HTMLTextAreaElement} */ field) {
    if (!field.value.trim() || length(field.value) > this.client.limits.body) return;
    this.client.writing.send(field.value);
    this.#fill();
  }
}

customElements.define("message-composer", MessageComposer);
