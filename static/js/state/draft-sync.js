// @ts-check
/**
 * Drafts on all of a member's devices: what is typed here goes to the server after a pause, what was
 * typed elsewhere comes. The newest wins; what is being typed is never replaced.
 *
 * @typedef {import("./drafts.js").Drafts} Drafts
 * @typedef {import("./drafts.js").Place} Place
 * @typedef {import("../clock.js").Clock} Clock
 * @typedef {{room: number, thread: number | null, body: string, reply_to: number | null,
 *   written_at: string}} DraftRow
 */
import { Refusal } from "../session/refusal.js";

/** ms without another key, after which a draft goes to the server */
export const PAUSE = 1500;
/** ms until a draft that found no way to the server is sent again */
export const RETRY = 8000;

export class DraftSync {
  /** @type {Map<string, {place: Place, at: number, timer: any}>} what the server has to be told */
  #due = new Map();
  /** @type {Set<string>} places that were heard of since the server was asked for all drafts */
  #heard = new Set();
  #drafts;
  #clock;
  #keep;
  #isTyping;
  #changed;

  /**
   * @param {object} parts
   * @param {Drafts} parts.drafts
   * @param {Clock} parts.clock
   * @param {(room: number, fields: Record<string, unknown>) => Promise<DraftRow>} parts.keep
   *   stores a draft on the server and gives the one that counts
   * @param {(place: Place) => boolean} parts.isTyping whether the cursor is in what is written there
   * @param {() => void} parts.changed a draft came from elsewhere
   */
  constructor({ drafts, clock, keep, isTyping, changed }) {
    this.#drafts = drafts;
    this.#clock = clock;
    this.#keep = keep;
    this.#isTyping = isTyping;
    this.#changed = changed;
    drafts.on("written", (place) => this.#written(place, PAUSE));
  }

  /** All drafts of the server are asked for: what comes before the answer is newer than it. */
  asked() {
    this.#heard.clear();
  }

  /**
   * Takes all drafts of the server. What it has not and this device once gave it was emptied.
   * @param {DraftRow[]} rows
   * @param {number[]} rooms that the member is in
   */
  begin(rows, rooms) {
    const told = new Set(this.#heard);
    for (const row of rows) {
      if (!told.has(nameOf(row))) this.received(row);
      told.add(nameOf(row));
    }
    for (const place of this.#drafts.places) {
      if (!rooms.includes(place.room)) continue;
      const draft = this.#drafts.get(place.room, place.thread);
      if (!draft || draft.sentAs || told.has(nameOf(place)) || this.#due.has(nameOf(place))) continue;
      if (draft.kept) this.#take(place, null);
      else this.#written(place, PAUSE, draft.at);
    }
  }

  /** A draft was written, here or on another device. */
  received(/** @type {DraftRow} */ row) {
    const place = { room: row.room, thread: row.thread };
    this.#heard.add(nameOf(place));
    const draft = this.#drafts.get(row.room, row.thread);
    if (draft?.sentAs || this.#due.has(nameOf(place))) return;
    if (draft && !draft.kept && (draft.at ?? 0) > Date.parse(row.written_at)) {
      this.#written(place, PAUSE, draft.at);
    } else if (!draft || draft.kept || !this.#isTyping(place)) this.#adopt(place, row);
  }

  /** The page goes: what was not told yet is told at once. */
  leave() {
    for (const { place, timer } of [...this.#due.values()]) {
      this.#clock.cancel(timer);
      void this.#save(place);
    }
  }

  #adopt(/** @type {Place} */ place, /** @type {DraftRow} */ row) {
    const { text = "", replyTo = null } = this.#drafts.get(place.room, place.thread) ?? {};
    const isSame = text === row.body && replyTo === row.reply_to;
    if (!isSame && text && this.#isTyping(place)) return;
    const isEmpty = !row.body && row.reply_to === null;
    this.#take(place, isEmpty ? null : { text: row.body, replyTo: row.reply_to }, isSame);
  }

  /**
   * @param {Place} place
   * @param {{text: string, replyTo: number | null} | null} draft
   * @param {boolean} [isSame]
   */
  #take({ room, thread }, draft, isSame = false) {
    this.#drafts.take(room, thread, draft);
    if (!isSame) this.#changed();
  }

  /**
   * @param {Place} place
   * @param {number} wait ms
   * @param {number} [at] when it was written, by this device's clock
   */
  #written(place, wait, at = Date.now()) {
    const name = nameOf(place);
    this.#clock.cancel(this.#due.get(name)?.timer);
    const timer = this.#clock.after(() => void this.#save(place), wait);
    this.#due.set(name, { place, at, timer });
  }

  async #save(/** @type {Place} */ place) {
    const due = this.#due.get(nameOf(place));
    if (!due) return;
    const draft = this.#drafts.get(place.room, place.thread);
    if (draft?.sentAs) return; // it is emptied as soon as the outbox has it
    try {
      const row = await this.#keep(place.room, {
        thread: place.thread,
        body: draft?.text ?? "",
        reply_to: draft?.replyTo ?? null,
        age: Math.max(0, Date.now() - due.at),
      });
      if (this.#due.get(nameOf(place)) !== due) return; // written on meanwhile
      this.#due.delete(nameOf(place));
      this.#adopt(place, row);
    } catch (error) {
      if (this.#due.get(nameOf(place)) !== due) return;
      // What the server will not have stays on this device.
      if (error instanceof Refusal && error.code !== "unavailable") this.#due.delete(nameOf(place));
      else this.#written(place, RETRY, due.at);
    }
  }
}

function nameOf(/** @type {Place} */ { room, thread }) {
  return `${room}.${thread ?? ""}`;
}
