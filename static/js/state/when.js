// @ts-check
/** Times as members write them, in their own time zone; in English, and in the page's language. */
import { gettext } from "../all-words.js";

const MINUTE = 60_000; // ms
const SPANS = new Map([
  ["m", MINUTE],
  ["h", 60 * MINUTE],
  ["d", 24 * 60 * MINUTE],
  ["w", 7 * 24 * 60 * MINUTE],
]);
const SPAN = /^(\d{1,4})\s*(m|h|d|w)(?:in|ins|inutes?|ours?|ays?|eeks?)?(?=\s|$)/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?=\s|$)/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:\s+|T)(\d{1,2}):(\d{2})(?=\s|$)/;
const IN = `(?:in|${gettext("in")})\\s+`;
const AT = `(?:(?:at|${gettext("at")})\\s+)?`;
const RELATIVE = new RegExp(`^${IN}`, "i");
const TODAY = new RegExp(`^(?:(?:today|${gettext("today")})\\s+)?${AT}`, "i");
const TOMORROW = new RegExp(`^(?:tomorrow|${gettext("tomorrow")})\\s+${AT}`, "i");

/**
 * A length of time at the beginning of a text, as 20m, 2h, 3d or 1w.
 * @param {string} text
 * @returns {{span: number, rest: string} | null} in ms
 */
export function spanIn(text) {
  const found = SPAN.exec(text);
  const unit = found && SPANS.get(found[2].toLowerCase());
  if (!found || !unit || Number(found[1]) === 0) return null;
  return { span: Number(found[1]) * unit, rest: text.slice(found[0].length).trim() };
}

/**
 * The time that a text begins with: "in 20m", "17:30", "tomorrow 9:00", "2026-11-23 09:00".
 * A clock time that has passed today is tomorrow's.
 * @param {string} text
 * @param {Date} now
 * @returns {{at: Date, rest: string} | null}
 */
export function timeIn(text, now) {
  const relative = RELATIVE.exec(text);
  const span = relative && spanIn(text.slice(relative[0].length));
  if (span) return { at: new Date(now.getTime() + span.span), rest: span.rest };
  const date = DATE.exec(text);
  if (date) {
    const [year, month, day, hour, minute] = date.slice(1).map(Number);
    return checked(new Date(year, month - 1, day, hour, minute), { month, day, hour, minute }, text, date[0]);
  }
  const tomorrow = TOMORROW.exec(text);
  const ahead = tomorrow?.[0] ?? TODAY.exec(text)?.[0] ?? "";
  const clock = CLOCK.exec(text.slice(ahead.length));
  if (!clock) return null;
  const [hour, minute] = [Number(clock[1]), Number(clock[2])];
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate() + (tomorrow ? 1 : 0), hour, minute);
  if (!tomorrow && at <= now) at.setDate(at.getDate() + 1);
  return checked(at, { hour, minute }, text, ahead + clock[0]);
}

/**
 * Refuses a date that the calendar does not have, as 31 February or 25:00.
 * @param {Date} at
 * @param {{month?: number, day?: number, hour: number, minute: number}} meant
 * @param {string} text
 * @param {string} read
 */
function checked(at, { month, day, hour, minute }, text, read) {
  const isReal =
    (month === undefined || at.getMonth() === month - 1) &&
    (day === undefined || at.getDate() === day) &&
    hour < 24 &&
    minute < 60;
  return isReal ? { at, rest: text.slice(read.length).trim() } : null;
}

/** As a field for date and time wants it, in local time. */
export function fieldTime(/** @type {Date} */ at) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
