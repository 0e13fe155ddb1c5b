// @ts-check

/**
 * The time and its timers, handed to whoever waits, so that a test can hold the clock.
 * `now` counts milliseconds and never jumps; it says nothing about the time of day.
 *
 * @typedef {object} Clock
 * @property {() => number} now
 * @property {(callback: () => void, ms: number) => any} after
 * @property {(timer: any) => void} cancel
 */

/** @type {Clock} */
export const browserClock = {
  now: () => performance.now(),
  after: (callback, ms) => setTimeout(callback, ms),
  cancel: (timer) => clearTimeout(timer),
};
