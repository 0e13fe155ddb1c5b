// @ts-check
/** Short sounds, on the devices where one turned them on. */

const KEPT = "sounds"; // where this device remembers that
const VOLUME = 0.4; // of 1

export function soundsAreOn() {
  try {
    return localStorage.getItem(KEPT) === "on";
  } catch {
    return false;
  }
}

export function turnSounds(/** @type {boolean} */ on) {
  try {
    if (on) localStorage.setItem(KEPT, "on");
    else localStorage.removeItem(KEPT);
  } catch {
    // A browser that keeps nothing stays quiet.
  }
}

/** Plays a sound. A browser that lets no page make one before it is touched stays quiet. */
export function play(/** @type {string} */ address) {
  const sound = new Audio(address);
  sound.volume = VOLUME;
  return sound.play().catch(() => undefined);
}
