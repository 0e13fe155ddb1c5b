// @ts-check
import { endsHold, hold } from "./hold.js";
import { latinKey } from "./keys.js";

/** Which row of the timeline is meant: by the mouse, by a finger, by the keyboard. */
export class TimelinePointer {
  /** @type {string | null} the key of the row that is pointed at or in focus */
  active = null;
  /** @type {string | null} the key of the row where the Tab key stops; null for the last */
  stop = null;
  #update;
  #held;

  /**
   * @param {() => void} update called when another row is meant
   * @param {(row: HTMLElement) => void} held called when a finger rests on a row
   */
  constructor(update, held) {
    this.#update = update;
    this.#held = held;
  }

  pointed(/** @type {PointerEvent} */ event) {
    if (event.pointerType === "mouse") this.#activate(rowAt(event.target));
  }

  unpointed(/** @type {PointerEvent} */ event) {
    if (event.pointerType === "mouse") this.#activate(null);
  }

  /** A finger has no hover: a tap on the row shows the way to what can be done with it. */
  touched(/** @type {PointerEvent} */ event) {
    const row = rowAt(event.target);
    if (event.pointerType === "mouse" || isPressed(event) || (row && endsHold(row))) return;
    this.#activate(row);
  }

  /**
   * A finger went down: resting on the row it asks for all that can be done with it.
   * @param {PointerEvent} event
   * @param {import("../clock.js").Clock} clock
   */
  rested(event, clock) {
    const row = rowAt(event.target);
    if (row && !isPressed(event)) hold(event, row, clock, this.#held);
  }

  /** The browser's own menu would come at the same time. */
  asked(/** @type {PointerEvent} */ event) {
    if (event.pointerType !== "mouse" && rowAt(event.target) && !isPressed(event)) {
      event.preventDefault();
    }
  }

  focused(/** @type {FocusEvent} */ event) {
    const row = rowAt(event.target);
    if (row) this.stop = row.dataset.key ?? null;
    this.#activate(row);
  }

  /** The focus went elsewhere; what opened for a row is still about it. */
  unfocused(/** @type {FocusEvent} */ { relatedTarget: to, currentTarget: rows }) {
    if (!(to instanceof Element) || /** @type {Element} */ (rows).contains(to)) return;
    if (!to.closest("[popover], dialog")) this.#activate(null);
  }

  /**
   * Moves between rows, or does what a key stands for.
   * @param {KeyboardEvent} event
   * @param {Record<string, (row: HTMLElement) => void>} acts by key, on the row in focus
   */
  pressed(event, acts) {
    const row = rowAt(event.target);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = latinKey(event);
    const isInside = event.target !== row;
    if (isInside && key === "escape" && !event.defaultPrevented) row.focus();
    else if (isInside) return;
    else if (key === "arrowup") sibling(row, "previousElementSibling")?.focus();
    else if (key === "arrowdown") sibling(row, "nextElementSibling")?.focus();
    else if (key === "home") outermost(row, ":scope > .message")?.focus();
    else if (key === "end") outermost(row, ":scope > .message:last-of-type")?.focus();
    else if (Object.hasOwn(acts, key)) acts[key](row);
    else return;
    event.preventDefault();
  }

  #activate(/** @type {HTMLElement | null} */ row) {
    const key = row?.dataset.key ?? null;
    if (key === this.active) return;
    this.active = key;
    this.#update();
  }
}

/** Whether what is meant is within the row. */
function isPressed(/** @type {Event} */ event) {
  return /** @type {Element} */ (event.target).closest("a, button, input, textarea") !== null;
}

/** @returns {HTMLElement | null} */
function rowAt(/** @type {EventTarget | null} */ target) {
  return /** @type {Element} */ (target).closest(".message");
}

/**
 * @param {HTMLElement} row
 * @param {string} which
 * @returns {HTMLElement | null}
 */
function outermost(row, which) {
  return /** @type {Element} */ (row.parentElement).querySelector(which);
}

/**
 * @param {HTMLElement} row
 * @param {"previousElementSibling" | "nextElementSibling"} way
 */
function sibling(row, way) {
  let next = row[way];
  while (next && !next.matches(".message")) next = next[way];
  return /** @type {HTMLElement | null} */ (next);
}
