// @ts-check
/** @typedef {import("../state/types.js").Person} Person */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { Lost, Refusal } from "../session/refusal.js";
import { avatar } from "../view/pieces.js";
import { ChatElement } from "./element.js";

/** Who has read a message, of those who let others see it. */
export class SeenBy extends ChatElement {
  /** @type {Person[] | null} */
  #people = null;
  #why = "";

  async show(/** @type {number} */ message) {
    try {
      this.#people = (await this.client.api.read(`messages/${message}/seen`)).users;
    } catch (error) {
      if (!(error instanceof Lost || error instanceof Refusal)) throw error;
      this.#why =
        error instanceof Lost ? gettext("The server cannot be reached. Try again.") : error.message;
    }
    this.paint();
    this.querySelector("dialog")?.showModal();
  }

  template() {
    if (!this.#people && !this.#why) return nothing;
    return html`<dialog class="confirm" aria-labelledby="seen-title" @close=${this.remove}>
      <h2 id="seen-title" class="confirm__title">${gettext("Seen by")}</h2>
      ${this.#why ? html`<p class="confirm__note">${this.#why}</p>` : this.#list()}
      <form method="dialog" class="button-row">
        <button class="button button--quiet">${gettext("Close")}</button>
      </form>
    </dialog>`;
  }

  #list() {
    if (!this.#people?.length) {
      return html`<p class="confirm__note">${gettext("Nobody yet who shows it.")}</p>`;
    }
    return html`<ul class="reaction-list__people" role="list">
      ${this.#people.map((person) => html`<li>${avatar(person, "small")} <bdi>${person.name}</bdi></li>`)}
    </ul>`;
  }
}

customElements.define("seen-by", SeenBy);
