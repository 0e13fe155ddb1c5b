// @ts-check
import { Lost, Refusal } from "./refusal.js";

const PATIENCE = 20_000; // ms

/** The HTTP beside the socket: what is read page by page, and what concerns no one room's order. */
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
   * Makes everything in a room from `seq` on unread.
   * @param {number} room
   * @param {number} seq
   */
  markUnread(room, seq) {
    return this.post(`rooms/${room}/unread`, { seq });
  }

  /** Moves this member's position to the end of every room. */
  readAll() {
    return this.post("rooms/read", {});
  }

  /**
   * Everyone who is or was in the room.
   * @param {number} room
   * @returns {Promise<{members: import("../state/types.js").Member[], version: number}>}
   */
  members(room) {
    return this.#get(`rooms/${room}/members`);
  }

  /**
   * Reads what is at `path`. Rejects with Refusal, or with Lost when no answer came.
   * @param {string} path
   * @returns {Promise<any>}
   */
  read(path) {
    return this.#get(path);
  }

  /**
   * Posts `fields` to `path`. Rejects with Refusal, or with Lost when no answer came: what may be
   * done twice can then be asked again.
   * @param {string} path
   * @param {Record<string, unknown>} fields
   * @returns {Promise<any>}
   */
  post(path, fields) {
    return this.#ask(path, { method: "POST", body: JSON.stringify(fields), headers: writing() });
  }

  /**
   * Sends `fields` to `path` by another method: what can be done twice. Rejects as `post` does.
   * @param {"PUT" | "PATCH" | "DELETE"} method
   * @param {string} path
   * @param {Record<string, unknown>} [fields]
   * @returns {Promise<any>}
   */
  change(method, path, fields) {
    // Kept alive, so that a draft still leaves with the page.
    const body = fields && JSON.stringify(fields);
    return this.#ask(path, { method, body, headers: writing(), keepalive: true });
  }

  /** @param {string} path */
  #get(path) {
    return this.#ask(path, { headers: { Accept: "application/json" } });
  }

  /**
   * @param {string} path
   * @param {RequestInit} how
   */
  async #ask(path, how) {
    let response;
    try {
      response = await fetch(this.#root + path, {
        ...how,
        signal: /** @type {any} */ (AbortSignal).timeout(PATIENCE),
      });
    } catch {
      throw new Lost();
    }
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    throw new Refusal(body.code ?? "unavailable", body.detail ?? "");
  }
}

/** What a page of this site shows that another site's cannot: the CSRF token. */
function writing() {
  const token = /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  return { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token };
}
