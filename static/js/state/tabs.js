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
  /** @type {LockManager} */
  // @ts-expect-error there is none before the start
  #locks;
  /** @type {(tab: string) => void} */
  #onGone;

  /** @param {(tab: string) => void} onGone called with the id of a tab that ended */
  constructor(onGone) {
    this.#onGone = onGone;
  }

  /** Makes this tab known, and learns of the others. */
  async start() {
    try {
      await this.#begin();
    } catch {
      // No Web Locks, or none for this site: what is written here is sent all the same.
    }
  }

  async #begin() {
    this.#locks = navigator.locks;
    await new Promise((held, refused) => {
      const hold = () => {
        held(undefined);
        return new Promise(() => {});
      };
      this.#locks.request(PREFIX + this.id, hold).catch(refused);
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
