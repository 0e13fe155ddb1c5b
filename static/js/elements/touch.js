// @ts-check
/**
 * What a hand needs on a small screen: swipes that press the buttons at its edges, and a page that
 * ends where the keyboard begins.
 */

/** px that a finger goes for a swipe */
const FAR = 64;
/** times as far across as up or down */
const STRAIGHT = 2;
/** ms within which it does so */
const QUICK = 500;
/** A finger there means something else: words are selected, code is scrolled, a dialog is open. */
const NOT_HERE = "input, textarea, select, pre, table, dialog, [popover]";
/** What a swipe presses: the first that is there to be seen. */
const BACK = ".members__back, .side-panel__close, .room-header__back";
const ON = ".room-list__room[aria-current], .room-header__members";

/**
 * Begins to mind hands on the page.
 * @param {HTMLElement} app
 * @param {AbortSignal} ended
 */
export function mindHands(app, ended) {
  /** @type {{x: number, y: number, at: number} | null} */
  let start = null;
  const options = { passive: true, signal: ended };
  app.addEventListener(
    "touchstart",
    ({ touches, target, timeStamp }) => {
      const isOurs = touches.length === 1 && !(/** @type {Element} */ (target).closest(NOT_HERE));
      start = isOurs ? { x: touches[0].clientX, y: touches[0].clientY, at: timeStamp } : null;
    },
    options,
  );
  app.addEventListener(
    "touchend",
    ({ changedTouches: [finger], timeStamp }) => {
      if (!start || timeStamp - start.at > QUICK) return;
      const across = finger.clientX - start.x;
      const isSwipe = Math.abs(across) > FAR;
      const isStraight = Math.abs(across) > STRAIGHT * Math.abs(finger.clientY - start.y);
      if (isSwipe && isStraight) press(app, across > 0 === (getComputedStyle(app).direction === "ltr"));
    },
    options,
  );
  mindKeyboard(app, ended);
}

/**
 * @param {HTMLElement} app
 * @param {boolean} isBack
 */
function press(app, isBack) {
  const buttons = /** @type {NodeListOf<HTMLElement>} */ (app.querySelectorAll(isBack ? BACK : ON));
  [...buttons].find((button) => button.offsetParent !== null)?.click();
}

/**
 * Where the browser lays the keyboard over the page instead of making it smaller, the page makes
 * itself smaller, so that the composer stands above the keyboard.
 * @param {HTMLElement} app
 * @param {AbortSignal} signal
 */
function mindKeyboard(app, signal) {
  const view = visualViewport;
  const place = app.parentElement;
  if (!view || !place) return;
  const fit = () => {
    const isCovered = view.scale === 1 && view.height < innerHeight - 1;
    place.style.blockSize = isCovered ? `${view.height}px` : "";
    if (isCovered) scrollTo(0, 0); // it was scrolled so that the field can be seen, which it can now
  };
  view.addEventListener("resize", fit, { signal });
  view.addEventListener("scroll", fit, { signal });
}
