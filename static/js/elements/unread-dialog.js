// @ts-check
/**
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/room.js").RoomState} RoomState
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, ngettext } from "../all-words.js";
import { dayName, timeOfDay } from "../view/dates.js";
import { sentence } from "../view/sentence.js";
import { countText } from "../view/words.js";
import { ChatElement } from "./element.js";

/** Why is this room unread? Names the first unread message, leads to it, or takes all as read. */
export class UnreadDialog extends ChatElement {
  /** @type {RoomState | null} */
  #room = null;
  /** @type {Message | null} */
  #first = null;
  /** @type {"looking" | "found" | "nothing" | "failed"} */
  #state = "looking";

  /** Asks about one of the member's rooms. */
  async ask(/** @type {RoomState} */ room) {
    this.#room = room;
    this.paint();
    this.querySelector("dialog")?.showModal();
    try {
      await this.client.people.load(room.id);
      this.#first = await this.client.reading.firstUnread(room);
      this.#state = this.#first ? "found" : "nothing";
    } catch {
      this.#state = "failed";
    }
    this.update();
  }

  template() {
    const { reading } = this.client;
    const room = this.#room;
    if (!room) return nothing;
    return html`<dialog class="confirm" aria-label=${gettext("Why is this unread?")} @close=${this.remove}>
      <p>${this.#count(room)}</p>
      ${this.#answer(room)}
      <form method="dialog" class="button-row">
        <button class="button" @click=${() => reading.markRead(room)}>${gettext("Mark as read")}</button>
        <button class="button button--quiet" @click=${() => reading.markAllRead()}>
          ${gettext("Mark all rooms as read")}
        </button>
        <button class="button button--bare" autofocus>${gettext("Close")}</button>
      </form>
    </dialog>`;
  }

  #count(/** @type {RoomState} */ { name, unread }) {
    const text = ngettext("{n} unread in {room}", "{n} unread in {room}", unread.count, {
      n: countText(unread.count),
    });
    return sentence(text, { room: html`<bdi>${name}</bdi>` });
  }

  #answer(/** @type {RoomState} */ room) {
    if (this.#state === "looking") return html`<p role="status">${gettext("Looking…")}</p>`;
    if (this.#state === "failed") {
      return html`<p role="alert">${gettext("The server cannot be reached.")}</p>`;
    }
    if (!this.#first) {
      return html`<p role="status">${gettext("All that is left of it was deleted.")}</p>`;
    }
    const { author, body, created_at, seq } = this.#first;
    const name = room.members.get(author)?.name ?? this.client.person(author).name;
    const date = new Date(created_at);
    return html`<blockquote>
        ${sentence(gettext("{name}, {day} {time}: {message}"), {
          name: html`<strong dir="auto">${name}</strong>`,
          day: dayName(date),
          time: timeOfDay(date),
          message: html`<bdi>${body}</bdi>`,
        })}
      </blockquote>
      <p>
        <a
          href="${this.client.urls.rooms}${room.slug}/${seq}/"
          @click=${() => this.querySelector("dialog")?.close()}
          >${gettext("Go to the first unread message")}</a
        >
      </p>`;
  }
}

customElements.define("unread-dialog", UnreadDialog);
