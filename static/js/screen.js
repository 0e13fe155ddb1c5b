// @ts-check
import { Emitter } from "./emitter.js";

/** Whether somebody looks at this page, and whether there is a network. Tells `change`, `network`. */
export class Screen extends Emitter {
  constructor() {
    super();
    document.addEventListener("visibilitychange", () => this.tell("change"));
    for (const type of ["focus", "blur"]) addEventListener(type, () => this.tell("change"));
    for (const type of ["online", "offline"]) addEventListener(type, () => this.tell("network"));
  }

  get visible() {
    return document.visibilityState === "visible";
  }

  /** Visible and in front: what is on it is being read. */
  get attended() {
    return this.visible && document.hasFocus();
  }

  /** Shows a number on the app's icon, where the browser has one for it. */
  badge(/** @type {number} */ count) {
    const app = /** @type {any} */ (navigator);
    const shown = count > 0 ? app.setAppBadge?.(count) : app.clearAppBadge?.();
    shown?.catch(() => undefined); // the page is not installed, or may not
  }

  get online() {
    return navigator.onLine;
  }
}
