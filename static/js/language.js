// @ts-check
/**
 * The language of the page: its texts, numbers and dates.
 *
 * The texts stand in the code in English. A page in another language names its catalogue, which
 * is here before any module that asks for a text is run: they all wait for this one. It has the texts
 * of the modules that are loaded at once; the others wait for all-words.js, which reads the rest.
 */

/** @typedef {Record<string, string | string[]>} Words */

/** @type {HTMLLinkElement | null} */
const link = document.querySelector("link#words");
/** @type {{default: Words, rest: () => Promise<{default: Words}>} | null} */
const catalogue = link && (await import(link.href).catch(() => null)); // then all is in English
const words = { ...catalogue?.default };

const { lang, dir } = document.documentElement;
const FROM_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/; // Hebrew, Arabic and their kin
const sameTongue = (/** @type {string} */ tag) => tag.split("-")[0] === lang.split("-")[0];

/** The language as the page has it, for `Intl`: of the country that the browser names, if it names one. */
export const language = navigator.languages.find(sameTongue) || lang || "en";

const plural = new Intl.PluralRules(language);
// gettext's forms stand in this order, of which a language has some.
const CATEGORIES = ["zero", "one", "two", "few", "many", "other"];
const forms = CATEGORIES.filter((category) =>
  plural.resolvedOptions().pluralCategories.includes(/** @type {Intl.LDMLPluralRule} */ (category)),
);

/** Reads the texts that the page did not need at its start; without them they are in English. */
export async function readRest() {
  const rest = await catalogue?.rest().catch(() => null);
  Object.assign(words, rest?.default);
}

/**
 * A text in the language of the page, with `{name}` replaced by what is given for it.
 * @param {string} text in English
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function gettext(text, values) {
  const told = /** @type {string} */ (words[text] || text);
  return values ? filled(told, values) : told;
}

/**
 * A text that depends on a number, which stands in it as `{n}`.
 * @param {string} one in English, for one
 * @param {string} many in English, for several
 * @param {number} n
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function ngettext(one, many, n, values) {
  const told = words[one]?.[forms.indexOf(plural.select(n))] || (n === 1 ? one : many);
  return filled(told, { n: n.toLocaleString(language), ...values });
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => apart(values[name] ?? whole));
}

/** A name in letters of the other direction keeps its own order, as @ada in a line from the right. */
function apart(/** @type {string | number} */ value) {
  return dir === "rtl" || FROM_RIGHT.test(String(value)) ? `\u2068${value}\u2069` : String(value);
}
