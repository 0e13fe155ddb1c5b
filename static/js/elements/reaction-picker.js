// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { plain } from "../state/fuzzy.js";
import { RecentEmoji } from "../state/recents.js";
import { EMOJI_NAMES } from "../view/emoji-names.js";
import { drawnEmoji } from "../view/emoji.js";
import { ChatElement } from "./element.js";
import { popUp } from "./popup.js";

const COLUMNS = 8;

/** Chooses a reaction: one used lately, one of the site's own, or any, found by its name. */
export class ReactionPicker extends ChatElement {
  /** @type {((emoji: string) => void) | null} */
  #choose = null;
  #wanted = "";
  /** @type {string[]} names of the site's own */
  #own = [];

  get #recents() {
    return new RecentEmoji(this.client.me.id);
  }

  /**
   * @param {HTMLElement} opener
   * @param {(emoji: string) => void} choose
   */
  open(opener, choose) {
    this.#choose = choose;
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", gettext("React"));
    popUp(this, opener);
    const isFinger = matchMedia("(pointer: coarse)").matches; // its keyboard would hide the picker
    /** @type {HTMLElement | null} */ (this.querySelector(isFinger ? "button" : "input"))?.focus();
    void this.#load();
  }

  template() {
    return html`<input
        class="input picker__search"
        type="search"
        aria-label=${gettext("Find an emoji")}
        placeholder=${gettext("Find an emoji")}
        autocomplete="off"
        @input=${this.#typed}
        @keydown=${this.#pressed}
      />
      <div class="picker__all" @keydown=${this.#move}>
        ${this.#wanted
          ? this.#section(gettext("Found"), this.#found())
          : html`${this.#section(gettext("Lately"), this.#recents.list)}
            ${this.#section(gettext("This site's own"), this.#own)}
            ${this.#section(gettext("All"), [...EMOJI_NAMES.keys()])}`}
      </div>`;
  }

  /** However many there are, the Tab key stops at one: the first, until arrows led to another. */
  paint() {
    super.paint();
    if (!this.querySelector("button[tabindex='0']")) this.#stopAt(this.#buttons[0]);
  }

  #stopAt(/** @type {HTMLButtonElement | undefined} */ button) {
    for (const each of this.querySelectorAll("button[tabindex='0']")) each.setAttribute("tabindex", "-1");
    button?.setAttribute("tabindex", "0");
  }

  /**
   * @param {string} title
   * @param {string[]} emoji
   */
  #section(title, emoji) {
    if (emoji.length === 0) {
      if (!this.#wanted) return nothing;
      return html`<p class="picker__none">${gettext("No emoji is called that.")}</p>`;
    }
    return html`<section class="picker__section">
      <h3>${title}</h3>
      <div class="picker">
        ${emoji.map((each) => {
          const name = EMOJI_NAMES.get(each) ?? each;
          return html`<button
            type="button"
            tabindex="-1"
            title=${name}
            aria-label=${name}
            @click=${() => this.#pick(each)}
          >
            ${drawnEmoji(each)}
          </button>`;
        })}
      </div>
    </section>`;
  }

  #found() {
    const own = this.#own.filter((each) => each.includes(this.#wanted));
    const wanted = plain(this.#wanted);
    const others = [...EMOJI_NAMES].filter(([, name]) => plain(name).includes(wanted));
    return [...own, ...others.map(([emoji]) => emoji)];
  }

  async #load() {
    try {
      const { emoji } = await this.client.api.read("emoji");
      this.#own = emoji.map((/** @type {{name: string}} */ { name }) => `:${name}:`);
    } catch {
      // Those that everybody has are there all the same.
    }
    if (this.isConnected) this.paint();
  }

  #typed(/** @type {Event} */ event) {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    this.#wanted = value.trim().toLowerCase().replaceAll(":", "");
    this.paint();
  }

  /** Enter takes the first that is found. */
  #pressed(/** @type {KeyboardEvent} */ event) {
    if (event.key === "ArrowDown") this.#buttons[0]?.focus();
    else if (event.key === "Enter" && this.#wanted) this.#buttons[0]?.click();
    else return;
    event.preventDefault();
  }

  #pick(/** @type {string} */ emoji) {
    const choose = this.#choose;
    this.#recents.add(emoji);
    this.hidePopover();
    choose?.(emoji);
  }

  get #buttons() {
    return [...this.querySelectorAll("button")];
  }

  #move(/** @type {KeyboardEvent} */ event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
    const step = /** @type {Record<string, number>} */ (steps)[event.key];
    if (!step) return undefined;
    event.preventDefault();
    const buttons = this.#buttons;
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const isTurned = Math.abs(step) === 1 && this.matches(":dir(rtl)");
    const next = at + (isTurned ? -step : step);
    if (next < 0) return /** @type {HTMLElement | null} */ (this.querySelector("input"))?.focus();
    const button = buttons[Math.min(buttons.length - 1, next)];
    this.#stopAt(button);
    return button.focus();
  }
}

customElements.define("reaction-picker", ReactionPicker);
