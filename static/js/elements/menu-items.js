// @ts-check
/** What menus are made of: see popup.css. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../view/pieces.js";

/**
 * A line of a menu; with `checked` one of several that can be chosen.
 * @param {string} sign
 * @param {string} label
 * @param {() => unknown} act
 * @param {boolean} [checked]
 */
export function menuItem(sign, label, act, checked) {
  return html`<button
    type="button"
    role=${checked === undefined ? "menuitem" : "menuitemradio"}
    aria-checked=${checked ?? nothing}
    class="menu__item"
    @click=${act}
  >
    ${icon(sign)} <span>${label}</span> ${checked ? icon("check") : nothing}
  </button>`;
}

/** Moves the focus in a menu with the arrow keys. */
export function moveInMenu(/** @type {KeyboardEvent} */ event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  items[(at + step + items.length) % items.length].focus();
}
