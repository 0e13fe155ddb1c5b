// @ts-check
import { uuid } from "../uuid.js";

const PREFIX = "chat-tab-";
const CHANNEL = "chat-tabs";

/**
 * The open tabs of this browser. Each holds a lock for as long as it lives, so that the others
 * learn of its end however it came. Where there are no Web Locks every other tab counts as gone:
 * a message may then be sent by two of them, which its client_id makes harmless.
 */
export class Tabs {
  id = uuid();
  /** @type {Set<string>} */
  #watched = new Set();
  /** @type {Set<string>} */
  #alive = new Set();
  #locks = globalThis.navigator?.locks;
  /** @type {(tab: string) => void} */
  #onGone;

  /** @param {(tab: string) => void} onGone called with the id of a tab that ended */
  constructor(onGone) {
    this.#onGone = onGone;
  }

  /** Makes this tab known, and learns of the others. */
  async start() {
    if (!this.#locks) return;
    await new Promise((held) => {
      this.#locks.request(PREFIX + this.id, () => {
        held(undefined);
        return new Promise(() => {});
      });
    });
    this.#announce();
    const { held = [] } = await this.#locks.query();
    for (const { name = "" } of held) {
      if (name.startsWith(PREFIX)) this.#watch(name.slice(PREFIX.length));
    }
  }

  /** @param {string} tab */
  isAlive(tab) {
    return tab === this.id || this.#alive.has(tab);
  }

  #announce() {
    const channel = new BroadcastChannel(CHANNEL);
    channel.addEventListener("message", (event) => this.#watch(event.data));
    channel.postMessage(this.id);
  }

  /** Waits in line for the lock of a tab: it is granted when that tab is gone. */
  #watch(/** @type {string} */ tab) {
    if (tab === this.id || this.#watched.has(tab)) return;
    this.#watched.add(tab);
    this.#alive.add(tab);
    this.#locks.request(PREFIX + tab, { mode: "shared" }, () => {
      this.#alive.delete(tab);
      this.#onGone(tab);
    });
  }
}
