// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, language, ngettext } from "../language.js";
import { avatar, icon, roomSign } from "../view/pieces.js";
import { countText } from "../view/words.js";
import { ChatElement, put } from "./element.js";
import "./chat-timeline.js";
import "./connection-note.js";
import "./member-list.js";
import "./message-composer.js";
import { makePanel } from "./panel-kinds.js";
import "./room-list.js";
import { pressedAnywhere } from "./shortcuts.js";
import "./typing-line.js";

/** ms that a notice stays */
const NOTICE = 6000;

/** As in layout.css: where only one of the three is seen, and where the members are not beside it. */
const PHONE = matchMedia("(width < 46rem)");
const NARROW = matchMedia("(width < 68rem)");

/** The whole page: rooms, conversation, members; on a phone one of them at a time. */
export class ChatApp extends ChatElement {
  static topics = ["room", "rooms", "members"];
  /** @type {"rooms" | "conversation" | "members"} what a phone shows */
  #view = "conversation";
  /** @type {import("./side-panel.js").SidePanel | null} what stands beside the conversation instead of the members */
  #panel = null;
  /** @type {Element | null} what had the focus before the panel was opened */
  #opener = null;
  #notice = "";
  /** @type {HTMLElement | null} what is shown on the first visit */
  #visit = null;
  #calls = 0;

  entered() {
    const { ended: signal, client } = this;
    if (matchMedia("(pointer: coarse)").matches) {
      void import("./touch.js").then(({ mindHands }) => mindHands(this, signal));
    }
    if (client.firstVisit) void this.#showAround();
    client.on("arrived", () => void this.#sound("message"), signal);
    document.addEventListener("click", (event) => this.#clicked(event), { signal });
    document.addEventListener("keydown", (event) => pressedAnywhere(event, client), { signal });
    addEventListener("popstate", () => this.#openAddress(), { signal });
    client.on("rooms", () => this.#title(), signal);
    client.on("rooms", () => this.#keepAddress(), signal);
    client.on("room", () => this.#title(), signal);
    client.on("panel", () => void this.#openPanel(), signal);
    if (client.panels.open) void this.#openPanel(); // the page's address named a reply
    for (const media of [PHONE, NARROW]) media.addEventListener("change", () => this.update(), { signal });
    client.on("go", (address) => this.#go(address), signal);
    client.on("notice", (text) => this.#tell(text), signal);
    client.on("verdict", (notice) => void this.#showVerdict(notice), signal);
    this.#title();
  }

  template() {
    this.dataset.view = this.client.room ? this.#view : "rooms";
    return html`
      <a class="skip-link" href="#message" @click=${this.#skip}>${gettext("Skip to the message field")}</a>
      <room-list
        role=${this.#isAlone("rooms", PHONE) ? "main" : "region"}
        aria-label=${gettext("Your rooms")}
        .client=${this.client}
      ></room-list>
      <main class="conversation">
        ${this.client.room ? this.#conversation() : this.#nowhere()}
        <p class="chat-app__notice" role="status" ?hidden=${!this.#notice}>${this.#notice}</p>
      </main>
      <div
        class="members"
        aria-label=${gettext("Members")}
        role=${this.#isAlone("members", NARROW) ? "main" : "complementary"}
      >
        <div class="members__head">
          ${this.#backButton()}
          <h2 class="members__title" aria-level=${this.#isAlone("members", NARROW) ? 1 : 2}>
            ${gettext("Members")}
          </h2>
        </div>
        <member-list .client=${this.client}></member-list>
      </div>
      ${this.#panel ?? nothing}
    `;
  }

  /**
   * Whether one of the three stands in place of the conversation: then it is what the page is about.
   * @param {string} view
   * @param {MediaQueryList} media
   */
  #isAlone(view, media) {
    return this.dataset.view === view && media.matches;
  }

  #conversation() {
    const { client } = this;
    return html`
      ${this.#header()}
      <connection-note .client=${client}></connection-note>
      <chat-timeline .client=${client}></chat-timeline>
      <div class="conversation__foot">
        ${this.#visit ?? nothing}
        <message-composer .client=${client}></message-composer>
        <typing-line .client=${client}></typing-line>
      </div>
    `;
  }

  #header() {
    const { room, people } = this.client;
    if (!room) return nothing;
    const inRoom = people.inRoom.length;
    return html`
      <header class="room-header">
        <button
          type="button"
          class="button button--bare button--icon room-header__back"
          @click=${() => this.#show("rooms")}
        >
          ${icon("chevron-left")}<span class="visually-hidden">${gettext("Rooms")}</span>
          ${this.#elsewhere()}
        </button>
        ${room.kind === "direct" && room.with.length === 1
          ? html`<button
              type="button"
              class="room-header__face"
              data-person=${room.with[0].id}
              title=${gettext("Who is that?")}
            >
              ${avatar(room.with[0], "small")}<span class="visually-hidden">${room.with[0].name}</span>
            </button>`
          : roomSign(room)}
        <h1 class="room-header__name" dir="auto">${room.name}</h1>
        <p class="room-header__topic" dir="auto" title=${room.topic}>${room.topic}</p>
        <button
          type="button"
          class="button button--bare button--icon"
          title=${gettext("Search messages")}
          @click=${() => this.client.panels.show("search", room.id)}
        >
          ${icon("search")}<span class="visually-hidden">${gettext("Search messages")}</span>
        </button>
        <button
          type="button"
          class="button button--bare button--icon"
          title=${gettext("Pinned messages")}
          @click=${() => this.client.panels.show("pins", room.id)}
        >
          ${icon("pin")}<span class="visually-hidden">${gettext("Pinned messages")}</span>
        </button>
        <button
          type="button"
          class="button button--bare room-header__members"
          @click=${() => this.#toggleMembers()}
        >
          ${icon("users")} <span aria-hidden="true">${inRoom.toLocaleString(language)}</span
          ><span class="visually-hidden">${ngettext("{n} member", "{n} members", inRoom)}</span>
        </button>
        ${this.client.moderates && room.kind !== "direct"
          ? html`<button
              type="button"
              class="button button--bare button--icon room-header__moderate"
              title=${gettext("Moderation")}
              @click=${() => this.client.panels.show("moderation", room.id)}
            >
              ${icon("shield")}<span class="visually-hidden">${gettext("Moderation")}</span>
            </button>`
          : nothing}
        <button
          type="button"
          class="button button--bare button--icon"
          title=${gettext("About this room")}
          @click=${() => this.client.panels.show("info", room.id)}
        >
          ${icon("info")}<span class="visually-hidden">${gettext("About this room")}</span>
        </button>
      </header>
    `;
  }

  /** On a phone the list is out of sight: how much is unread in it stands on the way back. */
  #elsewhere() {
    const { calls } = this.client.reading;
    return calls > 0 ? html`<span class="room-list__count" data-calls>${countText(calls)}</span>` : nothing;
  }

  #nowhere() {
    const { urls, verdicts, leftRoom } = this.client;
    const why = verdicts.whyOutOf(leftRoom);
    return html`<div class="chat-app__nowhere">
      <h1>${gettext("You are not in this room")}</h1>
      <p>
        ${why?.text ?? gettext("Someone may have removed you, or you left it in another window.")}
      </p>
      ${why?.sanction
        ? html`<button type="button" class="button" @click=${() => this.#appeal(why.sanction)}>
            ${gettext("Appeal")}
          </button>`
        : nothing}
      <a class="button button--quiet" href=${urls.rooms}>${gettext("Find rooms")}</a>
    </div>`;
  }

  async #appeal(/** @type {number | undefined} */ sanction) {
    const { askAppeal } = await import("./appeal-dialog.js");
    await askAppeal(this.client, Number(sanction));
  }

  /** What moderators did stays to be read; the open room says by itself why one cannot write. */
  async #showVerdict(/** @type {import("../state/types.js").Notice} */ notice) {
    if (notice.about === "mute" && notice.sanction && notice.room === this.client.openRoom) return;
    const { ModerationNotes } = await import("./moderation-notes.js");
    ModerationNotes.of(this.client).add(notice);
  }

  #backButton() {
    return html`<button
      type="button"
      class="button button--bare button--icon members__back"
      @click=${() => this.#show("conversation")}
    >
      ${icon("chevron-left")}<span class="visually-hidden">${gettext("Back to the conversation")}</span>
    </button>`;
  }

  #show(/** @type {"rooms" | "conversation" | "members"} */ view) {
    this.#view = view;
    this.update();
  }

  /** Puts the panel that is asked for beside the conversation; on a phone in its place. */
  async #openPanel() {
    const asked = this.client.panels.open;
    if (asked && !this.#panel) this.#opener = document.activeElement;
    const hadFocus = this.#panel?.contains(document.activeElement);
    const made = asked && (await makePanel(this.client, asked));
    if (this.client.panels.open !== asked) return; // another was asked for meanwhile
    this.#panel = made;
    this.toggleAttribute("data-panel", made !== null);
    if (made) this.#view = "conversation";
    this.paint();
    if (!made && hadFocus) this.#focusAgain();
  }

  /** The panel that had the focus is gone: back to what opened it. */
  #focusAgain() {
    const opener = /** @type {HTMLElement | null} */ (this.#opener);
    if (opener?.isConnected && opener !== document.body) opener.focus();
    else this.#focusComposer();
  }

  /** Beside the conversation where there is room, in its place otherwise. */
  #toggleMembers() {
    if (this.#panel) {
      this.client.panels.close();
      this.removeAttribute("data-members-hidden");
      return this.#show("members");
    }
    this.toggleAttribute("data-members-hidden");
    return this.#show(this.#view === "members" ? "conversation" : "members");
  }

  /**
   * Opens one's rooms and the messages in them without leaving the page, wherever the link is;
   * what else members link to, in another tab.
   */
  #clicked(/** @type {MouseEvent} */ event) {
    const target = /** @type {Element} */ (event.target);
    const person = /** @type {HTMLElement | null} */ (
      target.closest("[data-person], .mention[data-user]")
    );
    if (person) void this.#openCard(person);
    const link = target.closest("a");
    if (!link) return;
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
    const place = placeAt(new URL(link.href), this.client);
    if (place && isPlain) {
      event.preventDefault();
      this.#go(link.href);
    } else if (link.closest(".message__body")) link.target = "_blank";
  }

  /** Opens what an address names: a room of this member's without leaving the page. */
  #go(/** @type {string} */ address) {
    const url = new URL(address, location.href);
    const place = placeAt(url, this.client);
    if (!place || this.client.isOutdated) return location.assign(url);
    if (url.href !== location.href) history.pushState(null, "", url);
    return this.#open(place);
  }

  #skip(/** @type {Event} */ event) {
    event.preventDefault();
    event.stopPropagation(); // it leads nowhere else
    this.#focusComposer();
  }

  #focusComposer() {
    /** @type {HTMLElement | null} */ (this.querySelector("message-composer"))?.focus();
  }

  /** The open room was given another address: the old one leads nowhere any more. */
  #keepAddress() {
    const { room, urls } = this.client;
    if (!room || location.pathname.startsWith(`${urls.rooms}${room.slug}/`)) return;
    history.replaceState(null, "", `${urls.rooms}${room.slug}/`);
  }

  /** Who somebody is, from their name or picture. */
  async #openCard(/** @type {HTMLElement} */ opener) {
    const { ProfileCard } = await import("./profile-card.js");
    const user = Number(opener.dataset.person ?? opener.dataset.user);
    await put(ProfileCard, this.client).open(user, opener);
  }

  /** Back and forward. */
  #openAddress() {
    const place = placeAt(new URL(location.href), this.client);
    if (place && !this.client.isOutdated) this.#open(place);
    else location.reload();
  }

  #open(/** @type {{room: number, seq: number | null}} */ { room, seq }) {
    if (NARROW.matches) this.client.panels.close(); // which stands in its place
    this.client.open(room, seq);
    this.#show("conversation");
  }

  #title() {
    const { room, reading } = this.client;
    const { calls } = reading;
    const site = document.documentElement.dataset.site ?? "";
    const name = room ? `${room.name} · ${site}` : site;
    this.client.screen.badge(calls);
    document.title = calls > 0 ? `(${countText(calls)}) ${name}` : name;
    const sign = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=icon]"));
    const { calm, lit } = sign.dataset;
    const shown = (calls > 0 ? lit : calm) ?? sign.href;
    if (sign.getAttribute("href") !== shown) sign.href = shown;
    if (calls > this.#calls) void this.#sound("call");
    this.#calls = calls;
  }

  /** For whoever does not look: on devices where that was turned on. */
  async #sound(/** @type {"call" | "message"} */ name) {
    if (this.client.screen.attended) return;
    const { play, soundsAreOn } = await import("../client/sounds.js");
    if (soundsAreOn()) void play(this.client.urls[name]);
  }

  async #showAround() {
    const { FirstVisit } = await import("./first-visit.js");
    this.#visit = new FirstVisit();
    /** @type {any} */ (this.#visit).client = this.client;
    this.update();
  }

  #tell(/** @type {string} */ text) {
    this.#notice = text;
    this.update();
    this.client.clock.after(() => {
      if (this.#notice === text) this.#notice = "";
      this.update();
    }, NOTICE);
  }
}

/**
 * The room of this member, and the message in it, that an address of this site names.
 * @param {URL} url
 * @param {import("../client.js").ChatClient} client
 */
function placeAt(url, { urls, store }) {
  if (url.origin !== location.origin || !url.pathname.startsWith(urls.rooms)) return null;
  const [slug, seq = "", ...more] = url.pathname.slice(urls.rooms.length).split("/");
  const room = [...store.rooms.values()].find((each) => each.slug === slug);
  const isPlace = room && /^[0-9]*$/.test(seq) && more.every((part) => part === "");
  return isPlace ? { room: room.id, seq: seq ? Number(seq) : null } : null;
}

customElements.define("chat-app", ChatApp);
