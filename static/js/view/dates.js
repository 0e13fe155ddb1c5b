// @ts-check

const DAY = 24 * 60 * 60 * 1000; // ms

const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const wholeTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const dayOfYear = new Intl.DateTimeFormat(undefined, {
  weekday: "long",
  day: "numeric",
  month: "long",
});
const dayAndYear = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "long",
  year: "numeric",
});

/** 14:05, as the reader's locale writes it. */
export function timeOfDay(/** @type {Date} */ date) {
  return clockTime.format(date);
}

/** 2:05 without its half of the day: for where there is little room. */
export function briefTime(/** @type {Date} */ date) {
  const parts = clockTime.formatToParts(date).filter((part) => part.type !== "dayPeriod");
  return parts.map((part) => part.value).join("").trim();
}

export function fullTime(/** @type {Date} */ date) {
  return wholeTime.format(date);
}

/**
 * Today, Yesterday, a weekday of this week, or a date.
 * @param {Date} date
 * @param {Date} [now]
 */
export function dayName(date, now = new Date()) {
  const days = Math.round((startOfDay(now) - startOfDay(date)) / DAY);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days > 1 && days < 7) return weekday.format(date);
  return (date.getFullYear() === now.getFullYear() ? dayOfYear : dayAndYear).format(date);
}

function startOfDay(/** @type {Date} */ date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
