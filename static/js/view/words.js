// @ts-check
import { gettext, language, ngettext } from "../language.js";

/** What a member can do about a refused message, by the code of the refusal. */
const REASONS = new Map([
  ["invalid", gettext("This message cannot be sent as it is.")],
  ["too_large", gettext("This message is too long.")],
  ["not_found", gettext("This room, or the message replied to, is no longer there.")],
  ["forbidden", gettext("You cannot write in this room at the moment.")],
  ["slow_mode", gettext("This room is in slow mode.")],
  ["rate_limited", gettext("That was a lot at once.")],
  ["unavailable", gettext("The server is busy.")],
]);

/**
 * A refusal in words. The server's own detail is more exact where it has one.
 * @param {{code: string, detail: string}} refusal
 */
export function reason({ code, detail }) {
  return detail || REASONS.get(code) || gettext("The server refused this message.");
}

/**
 * Ada, Ben and 2 others
 * @param {string[]} names
 * @param {number} [most] names that are told
 */
export function listNames(names, most = 3) {
  const told = names.slice(0, most);
  const others = names.length - told.length;
  if (others > 0) told.push(ngettext("{n} other", "{n} others", others));
  return new Intl.ListFormat(language, { type: "conjunction" }).format(told);
}

/**
 * Ada is typing…
 * @param {string[]} names
 */
export function typingText(names) {
  if (names.length === 0) return "";
  if (names.length > 3) return gettext("Several people are typing…");
  const who = { names: listNames(names) };
  return ngettext("{names} is typing…", "{names} are typing…", names.length, who);
}

/** 99+ */
export function countText(/** @type {number} */ count) {
  const told = Math.min(count, 99).toLocaleString(language);
  return count > 99 ? `${told}+` : told;
}

/** Ada Lovelace → AL; as accounts/faces.py has it. A name of signs alone is the first of them. */
export function initials(/** @type {string} */ name) {
  const words = name.split(/[\s._]+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return [...name.trim()][0] ?? "";
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return letters.map((word) => [...word][0].toLocaleUpperCase()).join("");
}
