// @ts-check
/** @typedef {import("../state/room.js").RoomState} RoomState */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { gettext } from "../language.js";
import { avatar, icon, presenceDot, roomSign } from "../view/pieces.js";
import { statusSigns } from "../view/status.js";
import { countText } from "../view/words.js";
import { ChatElement, put } from "./element.js";

const CHOSEN = "folded-sections"; // where this device remembers them
const LIT_FIRST = "unread-first"; // among them: the rooms with something new come first

/** @returns {string[]} */
function chosenBefore() {
  try {
    return JSON.parse(localStorage.getItem(CHOSEN) ?? "[]");
  } catch {
    return [];
  }
}

/** The member's rooms, what is unread in them, and the ways out of the chat. */
class RoomList extends ChatElement {
  static topics = ["rooms", "presence", "connection", "threads", "members"];

  /** @type {Set<string>} names of sections that are folded up, on this device; and LIT_FIRST */
  #chosen = new Set(chosenBefore());
  /** @type {RoomState | null} what is being dragged */
  #carried = null;
  /** What is looked for in the list, in small letters. */
  #sought = "";

  template() {
    const { favourites, rooms, direct } = this.client.ownList.lists;
    const { urls } = this.client;
    return html`
      <div class="room-list__head">
        <h1 class="visually-hidden room-list__heading">${gettext("Rooms")}</h1>
        <a class="room-list__site" href=${urls.rooms}>${document.documentElement.dataset.site}</a>
        <a class="button button--bare button--icon" href=${urls.rooms} title=${gettext("Find rooms")}>
          ${icon("compass")}<span class="visually-hidden">${gettext("Find rooms")}</span>
        </a>
      </div>
      ${this.#filter()}
      <nav class="room-list__rooms" aria-label=${gettext("Rooms")}>
        ${this.#sought ? nothing : this.#own()}
        ${favourites.length > 0
          ? this.#section("favourites", gettext("Favourites"), favourites)
          : nothing}
        ${this.#section(
          "rooms",
          gettext("Rooms"),
          rooms,
          urls.newRoom ? [urls.newRoom, gettext("New room")] : null,
        )}
        ${this.#section("people", gettext("People"), direct, [urls.people, gettext("Write to someone")])}
        ${this.#sought ? this.#nothing([...favourites, ...rooms, ...direct]) : nothing}
      </nav>
      ${this.#footer()}
    `;
  }

  /** Where the list is made shorter, by a part of a name or by what is new. */
  #filter() {
    return html`<div class="room-list__filter" role="search">
      <input
        class="input"
        type="search"
        aria-label=${gettext("Find in your rooms")}
        placeholder=${gettext("Find in your rooms")}
        autocomplete="off"
        .value=${this.#sought}
        @input=${(/** @type {any} */ event) => this.#seek(event.target.value)}
        @keydown=${this.#pressed}
      />
      <button
        type="button"
        class="button button--bare button--icon"
        title=${gettext("Unread first")}
        aria-pressed=${this.#chosen.has(LIT_FIRST)}
        @click=${() => this.#choose(LIT_FIRST)}
      >
        ${icon("lamp")}<span class="visually-hidden">${gettext("Unread first")}</span>
      </button>
    </div>`;
  }

  #seek(/** @type {string} */ text) {
    this.#sought = text.trim().toLocaleLowerCase();
    this.paint();
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    const first = /** @type {HTMLElement | null} */ (this.querySelector("a.room-list__room"));
    if (event.key === "Enter" && this.#sought) first?.click();
    if (event.key === "Enter" || event.key === "Escape") this.#seek("");
  }

  /** What is said where none of these rooms is called what is sought. */
  #nothing(/** @type {RoomState[]} */ rooms) {
    if (this.#shown(rooms).length > 0) return nothing;
    return html`<p class="room-list__nothing" role="status">
      ${gettext("Nothing is called that.")}
      <a href=${this.client.urls.rooms}>${gettext("Find rooms")}</a>
    </p>`;
  }

  /** What is this member's own, of all rooms. */
  #own() {
    const { threads, reading } = this.client;
    return html`<ul class="room-list__own" role="list">
      <li>${this.#panel("threads", "messages-square", gettext("Threads"), threads.unread)}</li>
      <li>${this.#panel("mentions", "at-sign", gettext("Mentions"), reading.mentions)}</li>
      <li>${this.#panel("saved", "bookmark", gettext("Saved"), 0)}</li>
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
   * A section that can be folded up: then only what is unread in it, or open, is seen.
   * @param {"favourites" | "rooms" | "people"} name by which it is remembered that it is folded up
   * @param {string} title
   * @param {RoomState[]} rooms
   * @param {[string, string] | null} [add] the address where one adds a room, and what that is called
   */
  #section(name, title, rooms, add) {
    const isFolded = this.#chosen.has(name) && !this.#sought;
    const shown = this.#shown(isFolded ? rooms.filter((room) => this.#asks(room)) : rooms);
    if (this.#sought && shown.length === 0) return nothing;
    return html`
      <section class="room-list__section">
        <header>
          <h2>
            <button
              type="button"
              class="room-list__fold"
              aria-expanded=${!isFolded}
              @click=${() => this.#choose(name)}
            >
              ${icon(isFolded ? "chevron-right" : "chevron-down")} ${title}
            </button>
          </h2>
          ${add
            ? html`<a class="room-list__add" href=${add[0]} title=${add[1]}>
                ${icon("plus")}<span class="visually-hidden">${add[1]}</span>
              </a>`
            : nothing}
        </header>
        <ul role="list">
          ${repeat(
            shown,
            (/** @type {RoomState} */ room) => room.id,
            (/** @type {RoomState} */ room) => this.#line(room),
          )}
          ${rooms.length === 0 && add && !isFolded && !this.#sought
            ? html`<li>
                <a class="room-list__none" href=${add[0]}>${gettext("{what}…", { what: add[1] })}</a>
              </li>`
            : nothing}
        </ul>
      </section>
    `;
  }

  /** What is sought of these rooms, in the order that is wanted. */
  #shown(/** @type {RoomState[]} */ rooms) {
    const found = rooms.filter(({ name }) => name.toLocaleLowerCase().includes(this.#sought));
    const isDark = (/** @type {RoomState} */ room) => Number(!room.isLit);
    return this.#chosen.has(LIT_FIRST) ? found.sort((a, b) => isDark(a) - isDark(b)) : found;
  }

  /** A room with its menu; it can be dragged to another place of its section. */
  #line(/** @type {RoomState} */ room) {
    return html`<li
      class="room-list__line"
      draggable="true"
      @dragstart=${(/** @type {DragEvent} */ event) => this.#dragged(event, room)}
      @dragover=${(/** @type {DragEvent} */ event) => this.#draggedOver(event)}
      @drop=${(/** @type {DragEvent} */ event) => this.#dropped(event, room)}
      @contextmenu=${(/** @type {Event} */ event) => this.#openMenu(event, room)}
    >
      ${this.#room(room)}
      <button
        type="button"
        class="room-list__more"
        title=${gettext("Options")}
        aria-haspopup="menu"
        @click=${(/** @type {Event} */ event) => this.#openMenu(event, room)}
      >
        ${icon("ellipsis")}<span class="visually-hidden"
          >${gettext("Options for {room}", { room: room.name })}</span
        >
      </button>
    </li>`;
  }

  /** Chooses something for the list, or thinks better of it. */
  #choose(/** @type {string} */ what) {
    if (!this.#chosen.delete(what)) this.#chosen.add(what);
    try {
      localStorage.setItem(CHOSEN, JSON.stringify([...this.#chosen]));
    } catch {
      // A browser that keeps nothing: it is folded until the page is left.
    }
    this.paint();
  }

  /** Whether a room is seen in a section that is folded up. */
  #asks(/** @type {RoomState} */ room) {
    return room.id === this.client.openRoom || (room.unread.count > 0 && !room.isQuiet);
  }

  async #openMenu(/** @type {Event} */ event, /** @type {RoomState} */ room) {
    event.preventDefault();
    const line = /** @type {HTMLElement} */ (event.currentTarget);
    const opener = /** @type {HTMLElement} */ (line.querySelector(".room-list__more") ?? line);
    const { RoomMenu } = await import("./room-menu.js");
    put(RoomMenu, this.client).open(room, opener);
  }

  #dragged(/** @type {DragEvent} */ event, /** @type {RoomState} */ room) {
    this.#carried = room;
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  }

  #draggedOver(/** @type {DragEvent} */ event) {
    if (this.#carried) event.preventDefault();
  }

  async #dropped(/** @type {DragEvent} */ event, /** @type {RoomState} */ target) {
    event.preventDefault();
    const room = this.#carried;
    this.#carried = null;
    if (room) (await import("../client/arranging.js")).move(this.client, room, target);
  }

  #room(/** @type {RoomState} */ room) {
    const { count } = room.unread;
    const { calls } = room;
    const isOpen = room.id === this.client.openRoom;
    return html`
      <a
        class="room-list__room"
        href="${this.client.urls.rooms}${room.slug}/"
        data-room=${room.id}
        aria-current=${isOpen ? "page" : nothing}
        ?data-unread=${room.isLit}
        ?data-quiet=${room.isQuiet}
      >
        ${this.#face(room)}
        <span class="room-list__name" dir="auto">${room.name}</span>
        ${room.isQuiet ? icon("bell-off") : nothing}
        ${calls > 0
          ? html`<span class="room-list__count" data-calls>${countText(calls)}</span>`
          : this.#count(count)}
        ${count > 0 ? html`<span class="visually-hidden">${gettext("unread")}</span>` : nothing}
      </a>
    `;
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

  async #setStatus() {
    const { StatusDialog } = await import("./status-dialog.js");
    await put(StatusDialog, this.client).open();
  }

  #footer() {
    const { me, urls, session } = this.client;
    const state = session.state === "open" ? "online" : "offline";
    return html`
      <div class="room-list__foot">
        <a class="room-list__me" href=${urls.profile} title=${gettext("Your profile")}>
          <span class="face">${avatar(me)}${presenceDot(state)}</span>
          <span class="room-list__name">
            <bdi>${me.name}</bdi> ${statusSigns(this.client.person(me.id))}
            ${state === "offline" ? html`<small>${gettext("not connected")}</small>` : nothing}
          </span>
          ${icon("settings")}
        </a>
        <button
          type="button"
          class="button button--bare button--icon"
          title=${gettext("Set a status")}
          @click=${this.#setStatus}
        >
          ${icon("smile-plus")}<span class="visually-hidden">${gettext("Set a status")}</span>
        </button>
      </div>
    `;
  }
}

customElements.define("room-list", RoomList);
