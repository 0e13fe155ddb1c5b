// @ts-check
/** How well a name fits what is typed. Accents and capitals make no difference. */

const MARKS = /\p{M}/gu;
const BETWEEN_WORDS = /[\s._\-/]/u;

/** What is left of a text when accents and capitals are taken away. */
export function plain(/** @type {string} */ text) {
  return text.normalize("NFD").replace(MARKS, "").toLocaleLowerCase();
}

/**
 * How far a name is from what is typed, from 0; null where it cannot be meant. Nearest is a name that
 * begins so, then one of whose words does, one that has it anywhere, and one that has its letters in
 * this order.
 * @param {string} name
 * @param {string} typed
 * @returns {number | null}
 */
export function distance(name, typed) {
  const [within, wanted] = [plain(name), plain(typed.trim())];
  const at = within.indexOf(wanted);
  if (at === 0) return within.length === wanted.length ? 0 : 1;
  const words = within.split(BETWEEN_WORDS);
  const begins = (/** @type {string} */ part) => words.some((word) => word.startsWith(part));
  if (wanted.split(/\s+/u).every(begins)) return 2;
  if (at > 0) return 3;
  const skipped = skippedIn(within, wanted);
  return skipped === null ? null : 4 + skipped;
}

/**
 * How many characters lie between those wanted, if they are all there in this order.
 * @param {string} within
 * @param {string} wanted
 */
function skippedIn(within, wanted) {
  let [last, skipped] = [-1, 0];
  for (const sign of wanted.replace(/\s+/gu, "")) {
    const at = within.indexOf(sign, last + 1);
    if (at < 0) return null;
    if (last >= 0) skipped += at - last - 1;
    last = at;
  }
  return skipped;
}
