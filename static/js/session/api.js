// @ts-check
import { Lost, Refusal } from "./refusal.js";

const PATIENCE = 20_000; // ms

/** The HTTP beside the socket: what may be read page by page. */
export class Api {
  #root;

  /** @param {string} root the address the paths below start from */
  constructor(root) {
    this.#root = root;
  }

  /**
   * A page of a room's history; at most one of before, after, around; none means the newest.
   * @param {number} room
   * @param {{before?: number, after?: number, around?: number, limit?: number}} [where]
   * @returns {Promise<import("../state/types.js").HistoryPage>}
   */
  messages(room, where = {}) {
    const query = Object.entries(where).map(([name, value]) => `${name}=${value}`);
    return this.#get(`rooms/${room}/messages?${query.join("&")}`);
  }

  /**
   * The seq of the first message at or after a moment; null where nothing was said since.
   * @param {number} room
   * @param {Date} moment
   * @returns {Promise<{seq: number | null}>}
   */
  seqAt(room, moment) {
    return this.#get(`rooms/${room}/seq?at=${encodeURIComponent(moment.toISOString())}`);
  }

  /**
   * One message by its id.
   * @param {number} id
   * @returns {Promise<import("../state/types.js").Message>}
   */
  message(id) {
    return this.#get(`messages/${id}`);
  }

  /**
   * Everyone who is or was in the room.
   * @param {number} room
   * @returns {Promise<{members: import("../state/types.js").Member[], version: number}>}
   */
  members(room) {
    return this.#get(`rooms/${room}/members`);
  }

  /** @param {string} path */
  async #get(path) {
    let response;
    try {
      response = await fetch(this.#root + path, {
        headers: { Accept: "application/json" },
        signal: /** @type {any} */ (AbortSignal).timeout(PATIENCE),
      });
    } catch {
      throw new Lost();
    }
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    throw new Refusal(body.code ?? "unavailable", body.detail ?? response.statusText);
  }
}
