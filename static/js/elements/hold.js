// @ts-check
/** @typedef {import("../clock.js").Clock} Clock */

/** ms that a finger rests on something before that means more than a press */
const LONG_PRESS = 500;

/** @type {WeakSet<HTMLElement>} whose next click ends a long press and is none */
const held = new WeakSet();

/**
 * A finger has no hover and no second button: held down on `pressed`, it acts.
 * @param {PointerEvent} event
 * @param {HTMLElement} pressed
 * @param {Clock} clock
 * @param {(pressed: HTMLElement) => void} act
 */
export function hold(event, pressed, clock, act) {
  held.delete(pressed);
  if (event.pointerType === "mouse") return;
  const timer = clock.after(() => {
    held.add(pressed);
    act(pressed);
  }, LONG_PRESS);
  for (const type of ["pointerup", "pointercancel", "pointerleave"]) {
    pressed.addEventListener(type, () => clock.cancel(timer), { once: true });
  }
}

/** Whether a click on `pressed` only ends the long press that has acted. */
export function endsHold(/** @type {HTMLElement} */ pressed) {
  return held.delete(pressed);
}
