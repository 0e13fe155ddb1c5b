// @ts-check
/** Times that are ahead, and how long something is past, in words. */
import { gettext, language } from "../language.js";
import { timeOfDay } from "./dates.js";

const MINUTE = 60_000; // ms
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const soon = new Intl.DateTimeFormat(language, { weekday: "long", hour: "numeric", minute: "2-digit" });
const later = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });
const past = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/**
 * until 14:05, until Monday 14:05, until 3 May
 * @param {number | null} moment ms
 * @param {number} [now]
 */
export function inWords(moment, now = Date.now()) {
  return moment === null ? "" : gettext("until {time}", { time: momentInWords(moment, now) });
}

/**
 * 14:05, Monday 14:05, 3 May
 * @param {number} moment ms
 * @param {number} [now]
 */
export function momentInWords(moment, now = Date.now()) {
  const date = new Date(moment);
  if (moment - now < 18 * HOUR) return timeOfDay(date);
  return (moment - now < 6 * DAY ? soon : later).format(date);
}

/** s of each unit, the longest first */
const UNITS = /** @type {const} */ ([
  ["week", 7 * 24 * 3600],
  ["day", 24 * 3600],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
]);

/** 30 seconds, 5 minutes, 1 hour, 30 days */
export function spanInWords(/** @type {number} */ seconds) {
  const [unit, size] = UNITS.find(([, each]) => seconds % each === 0) ?? ["second", 1];
  const words = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" });
  return words.format(seconds / size);
}

/**
 * 5 minutes ago
 * @param {number} moment ms
 * @param {number} [now]
 */
export function agoInWords(moment, now = Date.now()) {
  const ago = Math.max(0, now - moment);
  if (ago < 2 * MINUTE) return gettext("just now");
  if (ago < HOUR) return past.format(-Math.round(ago / MINUTE), "minute");
  if (ago < DAY) return past.format(-Math.round(ago / HOUR), "hour");
  return past.format(-Math.round(ago / DAY), "day");
}

/**
 * The moment a wire time names, in ms, if it is still ahead.
 * @param {string | null | undefined} time
 * @param {number} [now]
 */
export function ahead(time, now = Date.now()) {
  const moment = time ? Date.parse(time) : null;
  return moment !== null && moment > now ? moment : null;
}
