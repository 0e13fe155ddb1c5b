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

  get online() {
    return navigator.onLine;
  }
}
