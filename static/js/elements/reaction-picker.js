// @ts-check
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { ChatElement } from "./element.js";

/** The palette, and what each is called for those who hear it. */
const PALETTE = new Map([
  ["👍", "thumbs up"],
  ["❤️", "heart"],
  ["😂", "tears of joy"],
  ["🎉", "party"],
  ["🙏", "thank you"],
  ["👀", "eyes"],
  ["🤔", "thinking"],
  ["😮", "surprised"],
  ["😢", "crying"],
  ["😡", "angry"],
  ["👏", "applause"],
  ["🔥", "fire"],
  ["✅", "done"],
  ["❌", "no"],
  ["➕", "plus one"],
  ["💡", "idea"],
  ["🚀", "rocket"],
  ["🐛", "bug"],
  ["☕", "coffee"],
  ["🌱", "seedling"],
  ["😅", "sweat"],
  ["😍", "heart eyes"],
  ["🤝", "handshake"],
  ["👋", "wave"],
]);
const COLUMNS = 8;
const GAP = 4; // px between the picker and what opened it

/** Chooses a reaction. One for the page; it opens beside the button that asks for it. */
export class ReactionPicker extends ChatElement {
  /** @type {((emoji: string) => void) | null} */
  #choose = null;
  /** @type {HTMLElement | null} */
  #opener = null;

  entered() {
    this.popover = "auto";
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", "React");
    this.addEventListener("toggle", (event) => this.#toggled(event), { signal: this.ended });
  }

  /**
   * @param {HTMLElement} opener
   * @param {(emoji: string) => void} choose
   */
  open(opener, choose) {
    this.#choose = choose;
    this.#opener = opener;
    this.showPopover();
    const { top, bottom, right } = opener.getBoundingClientRect();
    const above = top - this.offsetHeight - GAP;
    this.style.top = `${above > 0 ? above : bottom + GAP}px`;
    this.style.left = `${Math.max(GAP, right - this.offsetWidth)}px`;
    this.querySelector("button")?.focus();
  }

  template() {
    return html`<div class="picker" @keydown=${this.#move}>
      ${[...PALETTE].map(
        ([emoji, name]) => html`
          <button type="button" title=${name} aria-label=${name} @click=${() => this.#pick(emoji)}>
            ${emoji}
          </button>
        `,
      )}
    </div>`;
  }

  #pick(/** @type {string} */ emoji) {
    this.hidePopover();
    this.#choose?.(emoji);
  }

  #move(/** @type {KeyboardEvent} */ event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...this.querySelectorAll("button")];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    buttons[(at + step + buttons.length) % buttons.length].focus();
  }

  #toggled(/** @type {Event} */ event) {
    const { newState } = /** @type {ToggleEvent} */ (event);
    if (newState === "closed" && this.#opener?.isConnected) this.#opener.focus();
  }
}

customElements.define("reaction-picker", ReactionPicker);
