// @ts-check
/** @param {Event} event */
const isClosing = (event) => /** @type {ToggleEvent} */ (event).newState === "closed";

const GAP = 4; // px between it and what opened it

/**
 * Shows an element as a popup beside what opened it, on the screen as a whole. Once it closes it is
 * gone, and the focus is back where it was: a dialog that opens next returns it there too.
 * @param {HTMLElement} popup
 * @param {HTMLElement} opener
 * @param {boolean} [isHeld] a finger rests on the opener: that it is lifted closes nothing
 */
export function popUp(popup, opener, isHeld = false) {
  const row = /** @type {HTMLElement | null} */ (opener.closest(".message"));
  const isButton = opener.matches("button");
  popup.popover = isHeld ? "manual" : "auto";
  if (isHeld) closeElsewhere(popup);
  popup.classList.add("popup");
  popup.addEventListener("beforetoggle", (event) => {
    if (!isClosing(event) || !popup.contains(document.activeElement)) return;
    // The tools of a message are there only while it is pointed at.
    (opener.isConnected ? opener : row)?.focus();
  });
  popup.addEventListener("toggle", (event) => {
    if (!isClosing(event)) return;
    popup.remove();
    opener.removeAttribute("aria-expanded");
  });
  if (isButton) opener.setAttribute("aria-expanded", "true");
  popup.showPopover();
  const { top, bottom } = opener.getBoundingClientRect();
  const above = top - popup.offsetHeight - GAP;
  const below = Math.min(bottom + GAP, innerHeight - popup.offsetHeight - GAP);
  popup.style.top = `${Math.max(GAP, above > 0 ? above : below)}px`;
  align(popup, opener, "end");
}

/**
 * Puts a popup where one end of what opened it is, as far as the screen allows.
 * @param {HTMLElement} popup
 * @param {HTMLElement} opener
 * @param {"start" | "end"} end as lines run
 */
export function align(popup, opener, end) {
  const { left, right } = opener.getBoundingClientRect();
  const isLeft = (end === "start") !== popup.matches(":dir(rtl)");
  const wanted = isLeft ? left : right - popup.offsetWidth;
  const most = innerWidth - popup.offsetWidth - GAP;
  popup.style.left = `${Math.max(GAP, Math.min(wanted, most))}px`;
}

/** A press beside it, or Escape, closes the popup. */
function closeElsewhere(/** @type {HTMLElement} */ popup) {
  const ended = new AbortController();
  popup.addEventListener("toggle", (event) => isClosing(event) && ended.abort());
  const { signal } = ended;
  const close = () => popup.hidePopover();
  /** @param {Event} event */
  const pressed = ({ target }) => popup.contains(/** @type {Node} */ (target)) || close();
  document.addEventListener("pointerdown", pressed, { signal });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && close(), { signal });
}
