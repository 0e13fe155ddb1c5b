// @ts-check
import { gettext, language } from "../language.js";

const DAY = 24 * 60 * 60 * 1000; // ms

const clockTime = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const wholeTime = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "long" });
const dayOfYear = new Intl.DateTimeFormat(language, {
  weekday: "long",
  day: "numeric",
  month: "long",
});
const dayAndYear = new Intl.DateTimeFormat(language, {
  day: "numeric",
  month: "long",
  year: "numeric",
});

/**
 * Formatting is slow for what a redraw asks for again and again.
 * @type {Map<number, {short: string, brief: string, full: string}>} by minute
 */
const written = new Map();
const MOST_WRITTEN = 2000;
const MINUTE = 60_000; // ms

function write(/** @type {Date} */ date) {
  const minute = Math.floor(date.getTime() / MINUTE);
  const known = written.get(minute);
  if (known) return known;
  const parts = clockTime.formatToParts(date).filter((part) => part.type !== "dayPeriod");
  const times = {
    short: clockTime.format(date),
    brief: parts.map((part) => part.value).join("").trim(),
    full: wholeTime.format(date),
  };
  if (written.size >= MOST_WRITTEN) written.clear();
  written.set(minute, times);
  return times;
}

/** 14:05, as the reader's locale writes it. */
export function timeOfDay(/** @type {Date} */ date) {
  return write(date).short;
}

/** 2:05 without its half of the day: for where there is little room. */
export function briefTime(/** @type {Date} */ date) {
  return write(date).brief;
}

export function fullTime(/** @type {Date} */ date) {
  return write(date).full;
}

/**
 * Today, Yesterday, a weekday of this week, or a date.
 * @param {Date} date
 * @param {Date} [now]
 */
export function dayName(date, now = new Date()) {
  const days = daysAgo(date, now);
  if (days === 0) return gettext("Today");
  if (days === 1) return gettext("Yesterday");
  if (days > 1 && days < 7) return weekday.format(date);
  return (date.getFullYear() === now.getFullYear() ? dayOfYear : dayAndYear).format(date);
}

/** The time of a message of today, the day of an older one. */
export function timeOrDay(/** @type {Date} */ date) {
  return daysAgo(date, new Date()) === 0 ? timeOfDay(date) : dayName(date);
}

/**
 * @param {Date} date
 * @param {Date} now
 */
function daysAgo(date, now) {
  return Math.round((startOfDay(now) - startOfDay(date)) / DAY);
}

function startOfDay(/** @type {Date} */ date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
