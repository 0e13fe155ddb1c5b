// @ts-check
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { ChatElement } from "./element.js";

/** Goes to a day of the open room, to its beginning or to its newest message. */
export class DateDialog extends ChatElement {
  /** Asks for a day, with `date` as the one to begin from. */
  ask(/** @type {Date} */ date) {
    this.#field.value = isoDay(date);
    this.querySelector("dialog")?.showModal();
  }

  get #field() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }

  template() {
    const { windows } = this.client;
    return html`<dialog class="confirm" aria-label=${gettext("Go to a day")} @close=${this.remove}>
      <form method="dialog" @submit=${this.#go}>
        <label for="day">${gettext("Go to a day")}</label>
        <p class="button-row">
          <input id="day" type="date" required max=${isoDay(new Date())} />
          <button class="button">${gettext("Go")}</button>
        </p>
      </form>
      <form method="dialog" class="button-row">
        <button class="button button--quiet" @click=${() => windows.goTo(1)}>
          ${gettext("Beginning")}
        </button>
        <button class="button button--quiet" @click=${() => windows.goTo(null)}>
          ${gettext("Newest")}
        </button>
        <button class="button button--bare">${gettext("Close")}</button>
      </form>
    </dialog>`;
  }

  /** From where the reader's own day begins. */
  #go() {
    const [year, month, day] = this.#field.value.split("-").map(Number);
    void this.client.windows.goToTime(new Date(year, month - 1, day));
  }
}

/** 2026-11-21, in the reader's own time. */
function isoDay(/** @type {Date} */ date) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

customElements.define("date-dialog", DateDialog);
