// @ts-check
/**
 * What may be meant by the word at the caret: a member, a room or a command.
 *
 * @typedef {{sign: "@" | "#" | ":" | "/", query: string, start: number}} Trigger
 *   `start` is where the sign stands
 * @typedef {{key: string, text: string, name: string, about: string, rank: number}} Option
 *   `text` replaces what was typed; the lower `rank`, the further up
 */

/** suggestions shown at once */
export const SHOWN = 8;
/** Ranks of members, the first on top: who is there comes first, whom nobody here knows last. */
export const RANK = { online: 0, away: 1, offline: 2, call: 3, absent: 4 };

const WORD = /(?:^|[\s(["'*~_,;])([@#])([\p{L}\p{N}._-]*)$/u;
/** Two letters at least: a colon and one is a face that somebody draws. */
const EMOJI = /(?:^|[\s(["'*~_,;:])(:)([\p{L}\p{N}_+-]{2,})$/u;
const COMMAND = /^\/([a-z]*)$/i;

/**
 * The word before the caret that asks for suggestions, if it does.
 * @param {string} text
 * @param {number} caret
 * @returns {Trigger | null}
 */
export function triggerAt(text, caret) {
  const before = text.slice(0, caret);
  const command = COMMAND.exec(before);
  if (command) return { sign: "/", query: command[1].toLowerCase(), start: 0 };
  const word = WORD.exec(before) ?? EMOJI.exec(before);
  if (!word) return null;
  const sign = /** @type {"@" | "#" | ":"} */ (word[1]);
  return { sign, query: word[2], start: caret - word[2].length - 1 };
}

/**
 * Those of `options` that `query` may mean, best first.
 * @param {Option[]} options
 * @param {string} query
 */
export function suggested(options, query) {
  const wanted = query.toLocaleLowerCase();
  return options
    .map((option) => ({ option, match: match(option, wanted) }))
    .filter(({ match: quality }) => quality !== null)
    .sort(
      (a, b) =>
        a.option.rank - b.option.rank ||
        Number(a.match) - Number(b.match) ||
        a.option.name.localeCompare(b.option.name),
    )
    .slice(0, SHOWN)
    .map(({ option }) => option);
}

/**
 * How well an option fits: 0 from its beginning, 1 from the beginning of a word in its name, null
 * not at all.
 * @param {Option} option
 * @param {string} wanted
 */
function match({ text, name }, wanted) {
  const handle = text.slice(1).toLocaleLowerCase();
  const called = name.toLocaleLowerCase();
  if (handle.startsWith(wanted) || called.startsWith(wanted)) return 0;
  return called.split(/[\s._-]+/u).some((word) => word.startsWith(wanted)) ? 1 : null;
}

/**
 * The handles in a text that may mention somebody, as the server finds them.
 * @param {string} text
 */
export function handlesIn(text) {
  const found = text.matchAll(/(?<![\w@./-])@([a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?)/gi);
  return [...new Set([...found].map(([, handle]) => handle.toLowerCase()))];
}
