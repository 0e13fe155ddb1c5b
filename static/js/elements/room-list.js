// @ts-check
/** @typedef {import("../state/room.js").RoomState} RoomState */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { avatar, icon, presenceDot, roomSign } from "../view/pieces.js";
import { countText } from "../view/words.js";
import { ChatElement, put } from "./element.js";

/** The member's rooms, what is unread in them, and the ways out of the chat. */
export class RoomList extends ChatElement {
  static topics = ["rooms", "presence", "connection", "threads"];

  template() {
    const { rooms, direct } = this.client.lists;
    const { urls } = this.client;
    return html`
      <header class="room-list__head">
        <a class="room-list__site" href=${urls.rooms}>${document.documentElement.dataset.site}</a>
        <a class="button button--bare button--icon" href=${urls.rooms} title="Find rooms">
          ${icon("compass")}<span class="visually-hidden">Find rooms</span>
        </a>
      </header>
      <nav class="room-list__rooms" aria-label="Rooms">
        ${this.#own()}
        ${this.#section("Rooms", rooms, urls.newRoom, "New room")}
        ${this.#section("People", direct, urls.people, "Write to someone")}
      </nav>
      ${this.#footer()}
    `;
  }

  /** What is this member's own, of all rooms. */
  #own() {
    const { threads, store } = this.client;
    let mentions = 0;
    for (const room of store.rooms.values()) mentions += room.unread.mentions;
    return html`<ul class="room-list__own" role="list">
      <li>${this.#panel("threads", "messages-square", "Threads", threads.unread)}</li>
      <li>${this.#panel("mentions", "at-sign", "Mentions", mentions)}</li>
      <li>${this.#panel("saved", "bookmark", "Saved", 0)}</li>
    </ul>`;
  }

  /**
   * @param {"threads" | "mentions" | "saved"} name
   * @param {string} sign
   * @param {string} label
   * @param {number} count
   */
  #panel(name, sign, label, count) {
    return html`<button
      type="button"
      class="room-list__room"
      ?data-unread=${count > 0}
      @click=${() => this.client.panels.show(name)}
    >
      ${icon(sign)} <span class="room-list__name">${label}</span> ${this.#count(count)}
    </button>`;
  }

  /**
   * @param {string} title
   * @param {RoomState[]} rooms
   * @param {string} addUrl
   * @param {string} addLabel
   */
  #section(title, rooms, addUrl, addLabel) {
    return html`
      <section class="room-list__section">
        <header>
          <h2>${title}</h2>
          <a class="room-list__add" href=${addUrl} title=${addLabel}>
            ${icon("plus")}<span class="visually-hidden">${addLabel}</span>
          </a>
        </header>
        <ul role="list">
          ${repeat(
            rooms,
            (/** @type {RoomState} */ room) => room.id,
            (/** @type {RoomState} */ room) => html`<li class="room-list__line">
              ${this.#room(room)}${this.#why(room)}
            </li>`,
          )}
          ${rooms.length === 0
            ? html`<li><a class="room-list__none" href=${addUrl}>${addLabel}…</a></li>`
            : nothing}
        </ul>
      </section>
    `;
  }

  #room(/** @type {RoomState} */ room) {
    const { count, mentions } = room.unread;
    const isOpen = room.id === this.client.openRoom;
    const isQuiet = room.notify === "nothing";
    const calls = room.kind === "direct" ? count : mentions;
    return html`
      <a
        class="room-list__room"
        href="${this.client.urls.rooms}${room.slug}/"
        data-room=${room.id}
        aria-current=${isOpen ? "page" : nothing}
        ?data-unread=${count > 0 && !isQuiet}
      >
        ${this.#face(room)}
        <span class="room-list__name">${room.name}</span>
        ${calls > 0
          ? html`<span class="room-list__count" data-calls>${countText(calls)}</span>`
          : this.#count(count)}
        ${count > 0 ? html`<span class="visually-hidden">unread</span>` : nothing}
      </a>
    `;
  }

  #why(/** @type {RoomState} */ room) {
    if (room.unread.count === 0) return nothing;
    return html`<button
      type="button"
      class="room-list__why"
      title="Why is this unread?"
      @click=${() => this.#explain(room)}
    >
      ${icon("circle-help")}<span class="visually-hidden">Why is ${room.name} unread?</span>
    </button>`;
  }

  async #explain(/** @type {RoomState} */ room) {
    const { UnreadDialog } = await import("./unread-dialog.js");
    void put(UnreadDialog, this.client).ask(room);
  }

  #count(/** @type {number} */ count) {
    return count > 0 ? html`<span class="room-list__count">${countText(count)}</span>` : nothing;
  }

  #face(/** @type {RoomState} */ room) {
    if (room.kind !== "direct" || room.with.length !== 1) return roomSign(room);
    const [other] = room.with;
    return html`<span class="face"
      >${avatar(other, "small")}${presenceDot(this.client.presence.of(other.id))}</span
    >`;
  }

  #footer() {
    const { me, urls, session } = this.client;
    const state = session.state === "open" ? "online" : "offline";
    return html`
      <footer class="room-list__foot">
        <a class="room-list__me" href=${urls.profile} title="Your profile">
          <span class="face">${avatar(me)}${presenceDot(state)}</span>
          <span class="room-list__name">
            ${me.name}
            ${state === "offline" ? html`<small>not connected</small>` : nothing}
          </span>
          ${icon("settings")}
        </a>
      </footer>
    `;
  }
}

customElements.define("room-list", RoomList);
