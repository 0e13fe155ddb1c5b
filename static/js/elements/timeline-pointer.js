// @ts-check
/** Which row of the timeline is meant: by the mouse, by a finger, by the keyboard. */
export class TimelinePointer {
  /** @type {string | null} the key of the row that is pointed at or in focus */
  active = null;
  /** @type {string | null} the key of the row where the Tab key stops; null for the last */
  stop = null;
  #update;

  /** @param {() => void} update called when another row is meant */
  constructor(update) {
    this.#update = update;
  }

  pointed(/** @type {PointerEvent} */ event) {
    if (event.pointerType === "mouse") this.#activate(rowAt(event.target));
  }

  unpointed(/** @type {PointerEvent} */ event) {
    if (event.pointerType === "mouse") this.#activate(null);
  }

  /** A finger has no hover: a tap on the row shows what can be done with it. */
  touched(/** @type {PointerEvent} */ event) {
    const isPressed = /** @type {Element} */ (event.target).closest("a, button, textarea");
    if (event.pointerType !== "mouse" && !isPressed) this.#activate(rowAt(event.target));
  }

  focused(/** @type {FocusEvent} */ event) {
    const row = rowAt(event.target);
    if (row) this.stop = row.dataset.key ?? null;
    this.#activate(row);
  }

  /**
   * Moves between rows, or does what a key stands for.
   * @param {KeyboardEvent} event
   * @param {Record<string, (row: HTMLElement) => void>} acts by key, on the row in focus
   */
  pressed(event, acts) {
    const row = rowAt(event.target);
    if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowUp") sibling(row, "previousElementSibling")?.focus();
    else if (event.key === "ArrowDown") sibling(row, "nextElementSibling")?.focus();
    else if (Object.hasOwn(acts, event.key)) acts[event.key](row);
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

/** @returns {HTMLElement | null} */
function rowAt(/** @type {EventTarget | null} */ target) {
  return /** @type {Element} */ (target).closest(".message");
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
