// @ts-check
/**
 * Where the reader looks: which row stands where in what is scrolled, measured, and put back.
 *
 * @typedef {{key: string, top: number}} Place a row, and how far below the edge it stands (px)
 */

/** px from the end within which the newest message counts as looked at */
export const AT_END = 40;
/** frames until rows that came near have taken their real height (content-visibility) */
const SETTLING = 4;

export class TimelineEye {
  #scroller;
  #rows;
  /** @type {Place | null} the place that was just entered */
  #held = null;
  #top = 0; // px that were scrolled when last looked at
  #height = 0; // px of what is scrolled, then

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} content what is scrolled
   */
  constructor(scroller, content) {
    this.#scroller = scroller;
    this.#rows = /** @type {HTMLCollectionOf<HTMLElement>} */ (
      content.getElementsByClassName("message")
    );
  }

  /** A phone shows one thing at a time; what it does not show is not read. */
  get isShut() {
    return this.#scroller.clientHeight === 0;
  }

  /** px between what is scrolled and its beginning */
  get aboveStart() {
    return this.#scroller.scrollTop;
  }

  /** px between the end of what is drawn and the lower edge */
  get belowEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** What was scrolled since `look`, and whether the rows took another height meanwhile. */
  get moved() {
    return {
      up: this.#scroller.scrollTop < this.#top - 1,
      byLayout: this.#scroller.scrollHeight !== this.#height,
    };
  }

  /** Remembers how things stand, for `moved`. */
  look() {
    this.#top = this.#scroller.scrollTop;
    this.#height = this.#scroller.scrollHeight;
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.look();
  }

  /** The first row in sight, and where it stands. @returns {Place | null} */
  place() {
    const edge = this.#scroller.getBoundingClientRect().top;
    const row = this.#rows[firstEndingBelow(this.#rows, edge)];
    if (!row) return null;
    return { key: row.dataset.key ?? "", top: row.getBoundingClientRect().top - edge };
  }

  /** Moves by as much as the row moved. */
  keep(/** @type {Place | null} */ place) {
    const row = place && [...this.#rows].find((each) => each.dataset.key === place.key);
    if (!row) return;
    const edge = this.#scroller.getBoundingClientRect().top;
    const moved = row.getBoundingClientRect().top - edge - place.top;
    if (Math.abs(moved) >= 1) this.#scroller.scrollTop += moved;
  }

  /**
   * Keeps a place that was just entered while the rows around it take their real height. Whoever
   * scrolls meanwhile is let go.
   * @param {Place | null} place
   * @param {number} [frames]
   */
  hold(place, frames = SETTLING) {
    this.#held = place;
    this.keep(place);
    if (frames === 0) return;
    requestAnimationFrame(() => {
      if (this.#held === place && this.#scroller.isConnected) this.hold(place, frames - 1);
    });
  }

  letGo() {
    this.#held = null;
  }

  /** Whether an element's top is above what is in sight. */
  isAbove(/** @type {Element} */ element) {
    return element.getBoundingClientRect().top < this.#scroller.getBoundingClientRect().top;
  }

  /** The seq of the last message whose end is in sight. @returns {number | null} */
  lastSeen() {
    const edge = this.#scroller.getBoundingClientRect().bottom + 1;
    let at = firstEndingBelow(this.#rows, edge) - 1;
    while (at >= 0 && !this.#rows[at].dataset.seq) at -= 1; // those on their way have no seq yet
    return at >= 0 ? Number(this.#rows[at].dataset.seq) : null;
  }
}

/**
 * The index of the first row whose end is below `edge`, or how many rows there are. Rows stand in
 * order, so few of them have to be measured.
 * @param {HTMLCollectionOf<HTMLElement>} rows
 * @param {number} edge
 */
function firstEndingBelow(rows, edge) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  return low;
}
