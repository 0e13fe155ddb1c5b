// @ts-check
/**
 * @typedef {object} OwnSanction What moderators decided about this member.
 * @property {number} id
 * @property {string} kind mute or ban
 * @property {number | null} room
 * @property {string} reason
 * @property {boolean} in_force
 * @property {boolean} may_appeal
 * @property {string} appeal
 * @property {boolean} answered
 * @property {string} answer
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { icon } from "../view/pieces.js";
import { sentence } from "../view/sentence.js";
import { momentInWords } from "../view/until.js";
import { ChatElement } from "./element.js";

const LONGEST_TIMER = 2 ** 31 - 1; // ms that a browser's timer takes

/** Why nothing can be written in the open room; it goes by itself when a mute is over. */
export class ComposerClosed extends ChatElement {
  static topics = ["composer", "room", "rooms"];
  /** @type {{room: number, until: number} | null} the mute whose reason is known, or asked for */
  #asked = null;
  /** @type {OwnSanction | null} */
  #mute = null;
  /** @type {any} */
  #timer = null;

  entered() {
    this.setAttribute("role", "status");
    this.ended.addEventListener("abort", () => this.client.clock.cancel(this.#timer));
  }

  template() {
    const { room } = this.client;
    if (!room) return nothing;
    if (room.archived) {
      return line("archive", gettext("This room is archived: it can be read, and nobody writes in it."));
    }
    if (room.locked) {
      return line("lock", gettext("This room is locked: it can be read, and nobody writes in it."));
    }
    if (room.mutedUntil !== null) return this.#muted(room.id, room.mutedUntil);
    if (room.isWritable) return nothing;
    return line("eye", gettext("This room is read-only: owners and moderators write in it."));
  }

  /**
   * @param {number} room
   * @param {number} until ms of the server's clock
   */
  #muted(room, until) {
    if (this.#asked?.room !== room || this.#asked.until !== until) void this.#ask(room, until);
    this.#wait(until);
    const time = momentInWords(until - this.client.skew);
    const reason = html`<q dir="auto">${this.#mute?.reason}</q>`;
    return line(
      "volume-x",
      this.#mute?.reason
        ? sentence(gettext("You are muted here until {time}. The reason: {reason}"), { time, reason })
        : gettext("You are muted here until {time}.", { time }),
      this.#appeal(),
    );
  }

  #appeal() {
    const mute = this.#mute;
    if (!mute) return nothing;
    if (mute.may_appeal) {
      return html`<button type="button" class="link" @click=${() => this.#say(mute.id)}>
        ${gettext("Appeal")}
      </button>`;
    }
    return html`<a class="link" href=${this.client.urls.standing}
      >${mute.answered
        ? gettext("Your appeal was turned down.")
        : gettext("Your appeal is with the moderators.")}</a
    >`;
  }

  async #say(/** @type {number} */ sanction) {
    const { askAppeal } = await import("./appeal-dialog.js");
    if (await askAppeal(this.client, sanction)) this.#asked = null;
    if (this.isConnected) this.paint();
  }

  /** Reads why, which neither the room's row nor a page that was loaded anew can say. */
  async #ask(/** @type {number} */ room, /** @type {number} */ until) {
    this.#asked = { room, until };
    if (this.#mute?.room !== room) this.#mute = null;
    try {
      const { sanctions } = await this.client.api.read("sanctions");
      this.#mute = sanctions.find(
        (/** @type {OwnSanction} */ each) =>
          each.kind === "mute" && each.room === room && each.in_force,
      );
    } catch {
      // That one is muted, and until when, is known all the same.
    }
    if (this.isConnected) this.paint();
  }

  #wait(/** @type {number} */ until) {
    const { client } = this;
    client.clock.cancel(this.#timer);
    const left = Math.min(Math.max(0, client.verdicts.untilThen(until)), LONGEST_TIMER);
    this.#timer = client.clock.after(() => {
      const { room } = client;
      if (!room || room.mutedUntil !== until) return;
      if (client.verdicts.untilThen(until) <= 0) room.mute(null);
      client.verdicts.writableChanged();
    }, left);
  }
}

/**
 * @param {string} sign
 * @param {unknown} text
 * @param {unknown} [more]
 */
function line(sign, text, more = nothing) {
  return html`<p class="composer__closed" tabindex="-1">${icon(sign)} <span>${text} ${more}</span></p>`;
}

customElements.define("composer-closed", ComposerClosed);
