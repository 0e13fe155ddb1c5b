// @ts-check

const SHORTEST = 500; // ms
const LONGEST = 20_000; // ms
/** ms over which everyone returns to a server that restarts */
const RESTART_SPREAD = 3000;

/** The close codes after which there is no use in coming back. */
export const FINAL_CODES = new Map([
  [4401, "sign-in"],
  [4403, "banned"],
]);
const RESTARTING = 4412;

/**
 * How long to wait, in ms, before the next try: exponential, with the whole span as jitter so
 * that a crowd that was cut off together does not return together.
 * @param {number} code the close code
 * @param {number} attempt tries since the last good connection, from 0
 * @param {() => number} random
 */
export function delayAfter(code, attempt, random) {
  if (code === RESTARTING && attempt === 0) return random() * RESTART_SPREAD;
  const most = Math.min(LONGEST, SHORTEST * 2 ** (attempt + 1));
  return SHORTEST + random() * (most - SHORTEST);
}
