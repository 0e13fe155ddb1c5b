// @ts-check
/** @typedef {import("../state/types.js").Member} Member */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { gettext, language } from "../all-words.js";
import { icon } from "../view/pieces.js";
import { momentInWords, spanInWords } from "../view/until.js";
import { put } from "./element.js";
import { memberRow, presenceOf } from "./member-list.js";
import { SidePanel } from "./side-panel.js";

const ROLES = /** @type {const} */ ([
  ["owner", gettext("Owners")],
  ["moderator", gettext("Moderators")],
  ["member", gettext("Members")],
]);
const KINDS = new Map([
  ["public", gettext("Open to everybody here")],
  ["private", gettext("By invitation")],
  ["direct", gettext("A direct conversation")],
]);
const PRESENCE = ["online", "away", "offline"];
const TOLD = new Map([
  ["all", gettext("Told of everything")],
  ["mentions", gettext("Told of mentions")],
  ["nothing", gettext("Told of nothing")],
]);

/** What a room is about, how it is set, and who is in it as what. */
export class InfoPanel extends SidePanel {
  static topics = ["room", "rooms", "members", "presence", "connection"];

  get heading() {
    return gettext("About this room");
  }

  /** @type {{room: number, words: string} | null} how long messages are kept there */
  #kept = null;

  body() {
    const { room, panels, urls } = this.client;
    if (!room) return nothing;
    if (this.#kept?.room !== room.id) void this.#askHowLong(room.id);
    const isQuiet = room.quietUntil !== null && room.quietUntil > Date.now();
    return html`<div class="side-panel__scroller info">
      <h3 class="info__name" dir="auto">${room.name}</h3>
      ${room.topic ? html`<p dir="auto">${room.topic}</p>` : nothing}
      <p class="info__quiet">${this.#facts().join(" · ")}</p>
      ${this.#kept?.words ? html`<p class="info__quiet">${this.#kept.words}</p>` : nothing}
      <p class="button-row">
        <button
          type="button"
          class="button button--quiet button--small"
          @click=${() => panels.show("pins", room.id)}
        >
          ${icon("pin")} ${gettext("Pinned")}
        </button>
        ${this.client.moderates && room.kind !== "direct"
          ? html`<button
              type="button"
              class="button button--quiet button--small"
              @click=${() => panels.show("moderation", room.id)}
            >
              ${icon("shield")} ${gettext("Moderation")}
            </button>`
          : nothing}
        ${room.kind === "direct"
          ? nothing
          : html`<a class="button button--quiet button--small" href="${urls.rooms}${room.slug}/settings/"
              >${icon("settings")} ${gettext("Settings")}</a
            >`}
        <button type="button" class="button button--quiet button--small" @click=${this.#menu}>
          ${icon(isQuiet || room.notify === "nothing" ? "bell-off" : "bell")}
          ${isQuiet
            ? gettext("Quiet until {time}", { time: momentInWords(room.quietUntil ?? 0) })
            : TOLD.get(room.notify)}
        </button>
      </p>
      ${ROLES.map(([role, title]) => this.#section(role, title))}
    </div>`;
  }

  async #askHowLong(/** @type {number} */ room) {
    this.#kept = { room, words: "" };
    const told = await this.client.api.read(`rooms/${room}/retention`).catch(() => null);
    if (!told?.days || this.#kept?.room !== room) return;
    this.#kept = { room, words: told.words };
    this.update();
  }

  #facts() {
    const room = /** @type {import("../state/room.js").RoomState} */ (this.client.room);
    const facts = [KINDS.get(room.kind) ?? ""];
    if (room.locked) facts.push(gettext("locked"));
    if (room.archived) facts.push(gettext("archived"));
    if (room.writers === "stewards") facts.push(gettext("read-only: owners and moderators write"));
    if (room.slowMode > 0) {
      const pause = spanInWords(room.slowMode);
      facts.push(gettext("slow mode: a message every {pause}", { pause }));
    }
    return facts;
  }

  /**
   * @param {string} role
   * @param {string} title
   */
  #section(role, title) {
    const { client } = this;
    const members = client.people.inRoom.filter((member) => member.role === role);
    if (members.length === 0) return nothing;
    const rank = (/** @type {Member} */ member) => PRESENCE.indexOf(presenceOf(member, client));
    members.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
    return html`<section class="member-list__section">
      <h3>${title} <span>${members.length.toLocaleString(language)}</span></h3>
      <ul role="list">
        ${repeat(
          members,
          (/** @type {Member} */ member) => member.user,
          (/** @type {Member} */ member) => memberRow(member, client),
        )}
      </ul>
    </section>`;
  }

  async #menu(/** @type {Event} */ event) {
    const opener = /** @type {HTMLElement} */ (event.currentTarget);
    const { RoomMenu } = await import("./room-menu.js");
    if (this.client.room) put(RoomMenu, this.client).open(this.client.room, opener);
  }
}

customElements.define("info-panel", InfoPanel);
