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
    tabindex="-1"
    role=${checked === undefined ? "menuitem" : "menuitemradio"}
    aria-checked=${checked ?? nothing}
    class="menu__item"
    @click=${act}
  >
    ${icon(sign)} <span>${label}</span> ${checked ? icon("check") : nothing}
  </button>`;
}

/**
 * Some lines of a menu under a title.
 * @param {string} title
 * @param {unknown[]} items
 */
export function menuGroup(title, items) {
  return html`<div role="group" aria-label=${title}>
    <p class="menu__title" aria-hidden="true">${title}</p>
    ${items}
  </div>`;
}

/**
 * Moves the focus in a menu: by arrows, to its ends, to what begins with a letter. Tab leaves it,
 * which closes it.
 */
export function moveInMenu(/** @type {KeyboardEvent} */ event) {
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  if (event.key === "Tab") {
    event.preventDefault();
    return /** @type {HTMLElement | null} */ (menu.closest("[popover]"))?.hidePopover();
  }
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  const next = itemFor(event.key, items, at);
  if (!next || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  event.preventDefault();
  return next.focus();
}

/**
 * @param {string} key
 * @param {HTMLButtonElement[]} items
 * @param {number} at
 */
function itemFor(key, items, at) {
  if (key === "ArrowDown") return items[(at + 1) % items.length];
  if (key === "ArrowUp") return items[(at - 1 + items.length) % items.length];
  if (key === "Home") return items[0];
  if (key === "End") return items[items.length - 1];
  if (key.length > 1 || key === " ") return undefined;
  const begins = (/** @type {HTMLButtonElement} */ item) =>
    item.textContent?.trim().toLocaleLowerCase().startsWith(key.toLocaleLowerCase());
  return [...items.slice(at + 1), ...items.slice(0, at + 1)].find(begins);
}
