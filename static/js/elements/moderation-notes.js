// @ts-check
/** @typedef {import("../state/types.js").Notice} Notice */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { gettext } from "../all-words.js";
import { icon } from "../view/pieces.js";
import { ChatElement, put } from "./element.js";

const SIGNS = new Map([
  ["mute", "volume-x"],
  ["ban", "ban"],
  ["remove", "user-minus"],
  ["delete", "trash-2"],
  ["report", "flag"],
  ["reported", "flag"],
  ["held", "hand"],
  ["role", "crown"],
  ["retention", "clock"],
]);
/** What the page of what moderators decided tells of as well. */
const DECIDED = new Set(["mute", "ban", "remove", "delete", "report", "held"]);
/** notes at a time; what is older is on the page of what moderators decided */
const MOST = 4;

/** What moderators did to this member, or what waits for them as one: until it was read. */
export class ModerationNotes extends ChatElement {
  /** @type {{key: number, notice: Notice}[]} */
  #notes = [];
  #count = 0;

  /**
   * The one of this page.
   * @param {import("../client.js").ChatClient} client
   */
  static of(client) {
    return /** @type {ModerationNotes} */ (
      document.querySelector("moderation-notes") ?? put(ModerationNotes, client)
    );
  }

  entered() {
    this.setAttribute("role", "status");
    this.setAttribute("aria-label", gettext("From the moderators"));
  }

  add(/** @type {Notice} */ notice) {
    this.#count += 1;
    this.#notes = [{ key: this.#count, notice }, ...this.#notes].slice(0, MOST);
    this.paint();
  }

  template() {
    return repeat(
      this.#notes,
      ({ key }) => key,
      ({ key, notice }) => this.#note(key, notice),
    );
  }

  /**
   * @param {number} key
   * @param {Notice} notice
   */
  #note(key, notice) {
    return html`<div class="moderation-note" data-about=${notice.about}>
      ${icon(SIGNS.get(notice.about) ?? "shield")}
      <p>${notice.text}</p>
      <p class="moderation-note__acts">
        ${notice.about === "reported"
          ? html`<button type="button" class="link" @click=${() => this.#look(key, notice)}>
              ${gettext("Look")}
            </button>`
          : DECIDED.has(notice.about)
            ? html`<a class="link" href=${this.client.urls.standing}>
                ${gettext("What moderators decided")}
              </a>`
            : nothing}
        ${notice.sanction
          ? html`<button type="button" class="link" @click=${() => this.#appeal(key, notice)}>
              ${gettext("Appeal")}
            </button>`
          : nothing}
      </p>
      <button
        type="button"
        class="button button--bare button--icon"
        title=${gettext("Close")}
        @click=${() => this.#close(key)}
      >
        ${icon("x")}<span class="visually-hidden">${gettext("Close")}</span>
      </button>
    </div>`;
  }

  #look(/** @type {number} */ key, /** @type {Notice} */ { room = 0 }) {
    this.#close(key);
    this.client.open(room);
    this.client.panels.show("moderation", room);
  }

  async #appeal(/** @type {number} */ key, /** @type {Notice} */ { sanction = 0 }) {
    const { askAppeal } = await import("./appeal-dialog.js");
    if (await askAppeal(this.client, sanction)) this.#close(key);
  }

  #close(/** @type {number} */ key) {
    this.#notes = this.#notes.filter((note) => note.key !== key);
    this.paint();
  }
}

customElements.define("moderation-notes", ModerationNotes);
