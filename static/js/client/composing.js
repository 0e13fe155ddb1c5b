// @ts-check
/**
 * @typedef {import("../state/draft-sync.js").DraftRow} DraftRow
 * @typedef {{id: number, room: number, thread: number | null, reply_to: number | null,
 *   body: string, due_at: string, state: "waiting" | "sending" | "failed" | "gone",
 *   failure: string}} Scheduled
 */
import { gettext } from "../language.js";
import { Lost } from "../session/refusal.js";
import { DraftSync } from "../state/draft-sync.js";

/** ms within which a page asks anew after it connected: not all at once after a restart */
const SPREAD = 3000;

/**
 * What one has begun, and what one has written for later, on all devices alike. Tells the client's
 * topic `scheduled`.
 */
export class Composing {
  /** @type {Map<number, Scheduled>} by id */
  #scheduled = new Map();
  #client;
  #sync;
  #isFirst = true;

  /**
   * @param {import("../client.js").ChatClient} client
   * @param {import("../state/drafts.js").Drafts} drafts
   */
  constructor(client, drafts) {
    this.#client = client;
    this.#sync = new DraftSync({
      drafts,
      clock: client.clock,
      keep: (room, fields) => client.api.change("PUT", `rooms/${room}/draft`, fields),
      isTyping: (place) => isTyping(client, place),
      changed: () => client.tell("composer"),
    });
    addEventListener("pagehide", () => this.#sync.leave());
  }

  /** What waits or failed, the next first. */
  get scheduled() {
    return [...this.#scheduled.values()].sort((a, b) => a.due_at.localeCompare(b.due_at));
  }

  /** `hello` came: what was written elsewhere meanwhile is read, a little later. */
  connected() {
    const wait = this.#isFirst ? 0 : Math.random() * SPREAD;
    this.#isFirst = false;
    this.#client.clock.after(() => void this.#read(), wait);
  }

  /** A frame about something of one's own. */
  received(/** @type {any} */ frame) {
    if (frame.type === "draft") this.#sync.received(frame.draft);
    else this.take(frame.scheduled);
  }

  /** Takes a scheduled message as it stands now; one that failed is told. */
  take(/** @type {Scheduled} */ row) {
    const client = this.#client;
    const before = this.#scheduled.get(row.id);
    if (row.state === "gone") this.#scheduled.delete(row.id);
    else this.#scheduled.set(row.id, row);
    if (row.state === "failed" && before?.state !== "failed") {
      const told = { reason: row.failure };
      client.tell("notice", gettext("A scheduled message could not be sent. {reason}", told));
    }
    client.tell("scheduled");
  }

  /**
   * Writes a message for later. Rejects with Refusal or Lost.
   * @param {number} room
   * @param {{body: string, due_at: string, reply_to?: number | null}} fields
   */
  async schedule(room, fields) {
    this.take(await this.#client.api.post(`rooms/${room}/scheduled`, fields));
  }

  /** Changes one. Rejects with Refusal or Lost. */
  async reschedule(/** @type {number} */ id, /** @type {Record<string, unknown>} */ fields) {
    this.take(await this.#client.api.change("PATCH", `scheduled/${id}`, fields));
  }

  /** Drops one. Rejects with Refusal or Lost. */
  async cancel(/** @type {number} */ id) {
    this.take(await this.#client.api.change("DELETE", `scheduled/${id}`));
  }

  async #read() {
    const { api, store } = this.#client;
    this.#sync.asked();
    try {
      const [{ drafts }, { scheduled }] = await Promise.all([api.read("drafts"), api.read("scheduled")]);
      this.#sync.begin(drafts, [...store.rooms.keys()]);
      this.#scheduled.clear();
      for (const row of scheduled) this.#scheduled.set(row.id, row);
      this.#client.tell("scheduled");
    } catch (error) {
      // The next hello tries again.
      if (error instanceof TypeError && !(error instanceof Lost)) throw error;
    }
  }
}

/**
 * Whether the cursor is in the field of that place, in a window that is looked at.
 * @param {import("../client.js").ChatClient} client
 * @param {import("../state/drafts.js").Place} place
 */
function isTyping(client, { room, thread }) {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement) || !document.hasFocus()) return false;
  const within = field.closest("thread-panel") ? (client.threads.open?.id ?? null) : null;
  return field.value !== "" && client.openRoom === room && within === thread;
}
