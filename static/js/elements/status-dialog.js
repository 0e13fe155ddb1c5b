// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { Lost, Refusal } from "../session/refusal.js";
import { play, soundsAreOn, turnSounds } from "../client/sounds.js";
import { ahead, inWords, spanInWords } from "../view/until.js";
import { ChatElement } from "./element.js";

const HOUR = 60 * 60 * 1000; // ms
const STATUS_MAX = 100; // characters
const LENGTHS = /** @type {const} */ ([
  [gettext("Until I change it"), 0],
  [gettext("For an hour"), HOUR],
  [gettext("For {span}", { span: spanInWords(4 * 3600) }), 4 * HOUR],
  [gettext("For a day"), 24 * HOUR],
  [gettext("For a week"), 7 * 24 * HOUR],
]);
const PAUSES = /** @type {const} */ ([
  [gettext("Off"), 0],
  [gettext("For {span}", { span: spanInWords(30 * 60) }), HOUR / 2],
  [gettext("For an hour"), HOUR],
  [gettext("For {span}", { span: spanInWords(8 * 3600) }), 8 * HOUR],
  [gettext("For a day"), 24 * HOUR],
]);
const SUGGESTIONS = /** @type {const} */ ([
  ["🎧", gettext("In the zone")],
  ["🍽️", gettext("At lunch")],
  ["🏡", gettext("At home")],
  ["🌴", gettext("On holiday")],
  ["🤒", gettext("Not well")],
]);

/** What one is up to, for how long, and whether one may be disturbed. */
export class StatusDialog extends ChatElement {
  /** @type {{status: string, status_emoji: string, dnd_until: string | null} | null} */
  #me = null;
  #error = "";

  async open() {
    try {
      this.#me = await this.client.api.read("me");
    } catch (error) {
      this.remove();
      this.client.refused(error);
      return;
    }
    this.paint();
    this.querySelector("dialog")?.showModal();
  }

  template() {
    const me = this.#me;
    if (!me) return nothing;
    const undisturbed = ahead(me.dnd_until);
    return html`<dialog class="confirm" aria-labelledby="status-title" @close=${this.remove}>
      <h2 id="status-title" class="confirm__title">${gettext("Your status")}</h2>
      <form class="status-form" @submit=${this.#save}>
        <div class="status-form__line">
          <input
            class="input status-form__emoji"
            name="emoji"
            aria-label=${gettext("Emoji")}
            placeholder="🙂"
            autocomplete="off"
            .value=${me.status_emoji}
          />
          <input
            class="input"
            name="status"
            dir="auto"
            aria-label=${gettext("Status")}
            placeholder=${gettext("What are you up to?")}
            maxlength=${STATUS_MAX}
            autocomplete="off"
            .value=${me.status}
          />
        </div>
        <p class="status-form__ideas">
          ${SUGGESTIONS.map(
            ([emoji, text]) =>
              html`<button type="button" class="reaction" @click=${() => this.#suggest(emoji, text)}>
                ${emoji} ${text}
              </button>`,
          )}
        </p>
        <label>
          ${gettext("For how long")}
          <select class="input" name="until">
            ${LENGTHS.map(option)}
          </select>
        </label>
        <label>
          ${gettext("Do not disturb")}
          <select class="input" name="dnd">
            ${undisturbed === null
              ? nothing
              : html`<option value="keep" selected>
                  ${gettext("As it is, {until}", { until: inWords(undisturbed) })}
                </option>`}
            ${PAUSES.map(option)}
          </select>
        </label>
        <label class="status-form__check">
          <input type="checkbox" class="check" ?checked=${soundsAreOn()} @change=${this.#turnSounds} />
          <span>${gettext("Sounds on this device, when somebody calls you")}</span>
        </label>
        ${this.#error ? html`<p class="editor__error" role="alert">${this.#error}</p>` : nothing}
        <div class="button-row">
          <button class="button" type="submit">${gettext("Save")}</button>
          <button class="button button--quiet" type="button" @click=${this.#clear}>
            ${gettext("Clear")}
          </button>
          <button class="button button--bare" type="button" @click=${this.#close}>
            ${gettext("Cancel")}
          </button>
        </div>
      </form>
    </dialog>`;
  }

  #suggest(/** @type {string} */ emoji, /** @type {string} */ text) {
    this.#field("emoji").value = emoji;
    this.#field("status").value = text;
  }

  /** It counts at once, and is heard: a browser lets a page make sounds once it was touched. */
  #turnSounds(/** @type {Event} */ event) {
    const { checked } = /** @type {HTMLInputElement} */ (event.target);
    turnSounds(checked);
    if (checked) void play(this.client.urls.call);
  }

  #clear() {
    this.#field("emoji").value = "";
    this.#field("status").value = "";
    void this.#store();
  }

  #save(/** @type {Event} */ event) {
    event.preventDefault();
    void this.#store();
  }

  async #store() {
    const dnd = this.#field("dnd").value;
    /** @type {Record<string, unknown>} */
    const wanted = {
      status: this.#field("status").value,
      status_emoji: this.#field("emoji").value,
      status_until: later(this.#field("until").value),
    };
    if (dnd !== "keep") wanted.dnd_until = later(dnd);
    try {
      await this.client.api.change("PATCH", "me", wanted);
      this.#close();
    } catch (error) {
      if (!(error instanceof Lost || error instanceof Refusal)) throw error;
      this.#error =
        error instanceof Lost ? gettext("The server cannot be reached. Try again.") : error.message;
      this.paint();
    }
  }

  #close() {
    this.querySelector("dialog")?.close();
  }

  /** @returns {HTMLInputElement} */
  #field(/** @type {string} */ name) {
    return /** @type {HTMLInputElement} */ (this.querySelector(`[name="${name}"]`));
  }
}

/** @param {readonly [string, number]} choice */
function option([label, ms]) {
  return html`<option value=${ms}>${label}</option>`;
}

/** The moment so many ms ahead, as it travels; null for none. */
function later(/** @type {string} */ ms) {
  return Number(ms) > 0 ? new Date(Date.now() + Number(ms)).toISOString() : null;
}

customElements.define("status-dialog", StatusDialog);
