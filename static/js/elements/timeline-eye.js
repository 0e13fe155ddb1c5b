// @ts-check
/**
 * Where the reader looks: one row stands where it stands, whatever takes another height around it.
 *
 * The browser's own scroll anchoring is off (timeline.css): two that correct would correct twice.
 *
 * @typedef {{key: string, top: number}} Place a row, and how far below the edge it stands (px)
 */

/** px from the end within which the newest message counts as looked at */
const AT_END = 40;

export class TimelineEye {
  /** @type {Place | null} the row that stays, and where */
  #place = null;
  /** px that were scrolled when last looked at */
  #top = 0;
  #scroller;
  #rows;

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

  /** The row that stays, and where it stands. */
  get place() {
    return this.#place;
  }

  /**
   * The seq that is looked at: that of the row that stays, or of the last stored one before it.
   * @returns {number | null}
   */
  get seq() {
    let row = /** @type {Element | null} */ (this.#row(this.#place?.key) ?? null);
    while (row && !(/** @type {HTMLElement} */ (row).dataset.seq)) row = row.previousElementSibling;
    return row ? Number(/** @type {HTMLElement} */ (row).dataset.seq) : null;
  }

  /** Looks where the reader has scrolled. What was scrolled from here is no news. */
  look() {
    if (this.isShut) return;
    if (Math.abs(this.#scroller.scrollTop - this.#top) < 1 && this.#row(this.#place?.key)) return;
    this.#top = this.#scroller.scrollTop;
    this.#place = this.#measure();
  }

  /** Whether the end of what is drawn is in sight. */
  get isAtEnd() {
    return this.belowEnd < AT_END;
  }

  /** Whether the reader has scrolled up since `look`. */
  get hasMovedUp() {
    return this.#scroller.scrollTop < this.#top - 1;
  }

  toEnd() {
    this.#scroll(this.#scroller.scrollHeight);
    this.#place = this.#measure();
  }

  /** Shows a row in the middle; one that is higher than what is in sight, from its beginning. */
  show(/** @type {HTMLElement} */ row) {
    const { clientHeight, scrollTop } = this.#scroller;
    const free = Math.max(0, clientHeight - row.offsetHeight) / 2;
    this.#scroll(scrollTop + this.#topOf(row) - free);
    this.#place = { key: row.dataset.key ?? "", top: this.#topOf(row) };
  }

  /**
   * Reads on from a row: with what stands above it as its title it begins at the upper edge, so that
   * what was there before is just out of sight.
   * @param {HTMLElement} row
   * @param {Element} title
   */
  readOn(row, title) {
    const { scrollTop } = this.#scroller;
    const before = title.previousElementSibling;
    const edge = before ? this.#topOf(before) + before.clientHeight : this.#topOf(title);
    this.#scroll(scrollTop + edge);
    this.#place = { key: row.dataset.key ?? "", top: this.#topOf(row) };
  }

  /** Whether something begins above what is in sight. */
  isAbove(/** @type {Element} */ element) {
    return this.#topOf(element) < 0;
  }

  /** Puts the row that stays, or that of another `place`, back to where it stood. */
  keep(place = this.#place) {
    const row = this.#row(place?.key);
    if (!row || !place) return;
    this.#place = place;
    const moved = this.#topOf(row) - place.top;
    if (Math.abs(moved) >= 0.5) this.#scroll(this.#scroller.scrollTop + moved);
  }

  /** The seq of the last message whose end is in sight. @returns {number | null} */
  lastSeen() {
    const edge = this.#scroller.getBoundingClientRect().bottom + 1;
    let at = firstEndingBelow(this.#rows, edge) - 1;
    while (at >= 0 && !this.#rows[at].dataset.seq) at -= 1; // those on their way have no seq yet
    return at >= 0 ? Number(this.#rows[at].dataset.seq) : null;
  }

  #scroll(/** @type {number} */ top) {
    this.#scroller.scrollTop = top;
    this.#top = this.#scroller.scrollTop;
  }

  /** The first row that is whole, so that one above the edge may grow; else the one in sight. */
  #measure() {
    const edge = this.#scroller.getBoundingClientRect();
    const first = firstEndingBelow(this.#rows, edge.top);
    const next = this.#rows[first + 1];
    const isCut = this.#rows[first]?.getBoundingClientRect().top < edge.top;
    const isNextIn = next && next.getBoundingClientRect().top < edge.bottom;
    const row = isCut && isNextIn ? next : this.#rows[first];
    return row ? { key: row.dataset.key ?? "", top: this.#topOf(row) } : null;
  }

  #topOf(/** @type {Element} */ row) {
    return row.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
  }

  #row(/** @type {string | undefined} */ key) {
    return [...this.#rows].find((each) => each.dataset.key === key);
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
