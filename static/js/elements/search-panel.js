// @ts-check
/**
 * @typedef {import("../state/types.js").Person} Person
 *
 * @typedef {object} Found a message as the search tells it
 * @property {number} id
 * @property {number} room
 * @property {string} kind of the room
 * @property {string} slug
 * @property {string} room_name
 * @property {number} seq
 * @property {number} author
 * @property {string} created_at
 * @property {number | null} thread
 * @property {boolean} in_room
 * @property {{text: string, found: boolean}[]} excerpt
 *
 * @typedef {{messages: Found[], people: Person[], older: number | null, complete: boolean}} Results
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, language, ngettext } from "../all-words.js";
import { Lost, Refusal } from "../session/refusal.js";
import { fullTime, timeOrDay } from "../view/dates.js";
import { avatar, icon, roomSign, skeleton } from "../view/pieces.js";
import { SidePanel } from "./side-panel.js";

/** ms without another key, after which what is written is searched for */
const PAUSE = 450;
/** letters from which on it is searched for without being asked */
const ENOUGH = 3;

/** What narrows a search down, and what that is called. */
const HINTS = /** @type {const} */ ([
  ["from:@", gettext("who wrote it")],
  ["in:#", gettext("in which room")],
  ["after:", gettext("from which day on")],
  ["before:", gettext("before which day")],
  ["has:link", gettext("with a link")],
  ['""', gettext("several words as they stand")],
]);

/** What was searched for last on this page: on a phone the panel goes when one looks at a message. */
const last = { text: "", everywhere: false, room: /** @type {number | null} */ (null), results: /** @type {Results | null} */ (null) };

/** Messages by what they say, in the open room or in all rooms, the newest first. */
export class SearchPanel extends SidePanel {
  static topics = ["room"];
  /** @type {string | null} what to search for at once, in all rooms */
  text = null;
  #refusal = "";
  #isLoading = false;
  #asked = 0;
  /** @type {any} */
  #timer = null;

  get heading() {
    return gettext("Search messages");
  }

  entered() {
    const { openRoom } = this.client;
    const isNew = this.text !== null;
    if (isNew) Object.assign(last, { text: this.text, everywhere: true, results: null });
    else if (this.about === null) last.everywhere = true;
    else if (last.room !== openRoom) Object.assign(last, { everywhere: false, results: null });
    last.room = openRoom;
    super.entered();
    this.#field.focus();
    this.#field.select();
    if (isNew || (last.text && !last.results)) void this.#search();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.client.clock.cancel(this.#timer);
  }

  get #field() {
    return /** @type {HTMLInputElement} */ (this.querySelector(".search-panel__field"));
  }

  body() {
    const { room } = this.client;
    return html`
      <form class="search-panel__form" role="search" @submit=${this.#submitted} @keydown=${this.#pressed}>
        <span class="input-prefix"
          ><span aria-hidden="true">${icon("search")}</span
          ><input
            class="input search-panel__field"
            type="search"
            dir="auto"
            aria-label=${gettext("What to search for")}
            placeholder=${gettext("What to search for")}
            autocomplete="off"
            enterkeyhint="search"
            aria-describedby="search-told"
            maxlength=${this.client.limits.search}
            .value=${last.text}
            @input=${this.#typed}
        /></span>
        ${room
          ? html`<fieldset class="search-panel__where">
              <legend class="visually-hidden">${gettext("Where to search")}</legend>
              ${this.#where(false, gettext("In this room"))} ${this.#where(true, gettext("In all your rooms"))}
            </fieldset>`
          : nothing}
      </form>
      <p class="search-panel__told" id="search-told" role="status">${this.#told()}</p>
      ${this.#found()}
    `;
  }

  /**
   * @param {boolean} everywhere
   * @param {string} label
   */
  #where(everywhere, label) {
    return html`<label
      ><input
        class="check"
        type="radio"
        name="search-where"
        .checked=${last.everywhere === everywhere}
        @change=${() => this.#look(everywhere)}
      />
      ${label}</label
    >`;
  }

  /** How many there are, or what is wrong: read out when it changes. */
  #told() {
    const { results } = last;
    if (this.#refusal) return this.#refusal;
    if (!results || this.#isLoading) return nothing;
    const n = results.messages.length;
    if (n === 0) return gettext("Nothing found.");
    const words = { n: n.toLocaleString(language) };
    return results.older === null
      ? ngettext("{n} message found", "{n} messages found", n, words)
      : ngettext("The newest message is shown", "The newest {n} messages are shown", n, words);
  }

  #found() {
    const { results } = last;
    if (this.#refusal && !results) {
      return html`<p class="side-panel__note">
        <button type="button" class="link" @click=${() => this.#search()}>${gettext("Try again")}</button>
      </p>`;
    }
    if (!results) return this.#isLoading ? skeleton(gettext("Searching…")) : this.#hints();
    if (results.messages.length === 0) return this.#nothing();
    return html`<div class="side-panel__scroller">
      <ul class="found" role="list" @keydown=${this.#moved}>
        ${results.messages.map((message) => this.#message(message))}
      </ul>
      ${results.older === null
        ? nothing
        : html`<p class="side-panel__note">
            <button
              type="button"
              class="link"
              ?disabled=${this.#isLoading}
              @click=${() => this.#search(results.older)}
            >
              ${gettext("Show older ones")}
            </button>
          </p>`}
      ${this.#unfinished()}
    </div>`;
  }

  #message(/** @type {Found} */ found) {
    const { client } = this;
    const date = new Date(found.created_at);
    const person = client.person(found.author);
    const isAside = found.thread !== null && !found.in_room;
    return html`<li>
      <a class="found__message" href="${client.urls.rooms}${found.slug}/${found.seq}/" data-message=${found.id}>
        <span class="found__head">
          ${avatar(person, "small")}
          <span
            ><strong dir="auto">${person.name}</strong>
            <time datetime=${date.toISOString()} title=${fullTime(date)}>${timeOrDay(date)}</time></span
          >
        </span>
        <span class="found__text" dir="auto"
          >${found.excerpt.map((piece) => (piece.found ? html`<mark>${piece.text}</mark>` : piece.text))}</span
        >
        <span class="found__where"
          >${isAside ? icon("messages-square") : roomSign(found)} <bdi>${found.room_name}</bdi>
          ${isAside ? gettext("in a thread") : nothing}</span
        >
      </a>
    </li>`;
  }

  /** Nothing was found: what else can be tried. */
  #nothing() {
    const here = this.client.room;
    return html`<div class="side-panel__note search-panel__nothing">
      <p>${gettext("Try fewer words or a part of one: all that is written must stand in a message.")}</p>
      ${last.everywhere || !here
        ? nothing
        : html`<button type="button" class="button button--quiet" @click=${() => this.#look(true)}>
            ${gettext("Search all your rooms")}
          </button>`}
      ${this.#unfinished()}
    </div>`;
  }

  #unfinished() {
    if (last.results?.complete !== false) return nothing;
    return html`<p class="side-panel__note">
      ${gettext("Older messages are still being made searchable. Search again later.")}
    </p>`;
  }

  #hints() {
    return html`<div class="side-panel__note search-panel__hints">
      <p>${gettext("Parts of words are found too. To narrow it down, add:")}</p>
      <ul role="list">
        ${HINTS.map(
          ([sign, meaning]) =>
            html`<li>
              <button type="button" class="search-panel__hint" @click=${() => this.#add(sign)}>
                <kbd dir="ltr">${sign}</kbd> ${meaning}
              </button>
            </li>`,
        )}
      </ul>
    </div>`;
  }

  // What is done

  #add(/** @type {string} */ sign) {
    last.text = [last.text.trimEnd(), sign].filter(Boolean).join(" ");
    this.paint();
    const field = this.#field;
    field.focus();
    const place = field.value.length - (sign === '""' ? 1 : 0);
    field.setSelectionRange(place, place);
  }

  #typed(/** @type {Event} */ event) {
    const { clock } = this.client;
    last.text = /** @type {HTMLInputElement} */ (event.target).value;
    clock.cancel(this.#timer);
    if (!last.text.trim()) this.#forget();
    else if (last.text.trim().length >= ENOUGH && !/:[@#]?$/.test(last.text)) {
      this.#timer = clock.after(() => void this.#search(), PAUSE);
    }
  }

  #submitted(/** @type {Event} */ event) {
    event.preventDefault();
    void this.#search();
  }

  #look(/** @type {boolean} */ everywhere) {
    last.everywhere = everywhere;
    last.results = null;
    this.#field.focus();
    void this.#search();
  }

  #forget() {
    this.#asked += 1;
    this.#isLoading = false;
    this.#refusal = "";
    last.results = null;
    this.paint();
  }

  /** Searches for what is written; for what is older than that message, where it is given. */
  async #search(/** @type {number | null} */ before = null) {
    const { client } = this;
    client.clock.cancel(this.#timer);
    if (!last.text.trim()) return this.#forget();
    const mine = ++this.#asked;
    const query = new URLSearchParams({ q: last.text });
    if (!last.everywhere && client.openRoom !== null) query.set("room", String(client.openRoom));
    if (before !== null) query.set("before", String(before));
    this.#isLoading = true;
    this.paint();
    const answer = await client.api.read(`search?${query}`).catch((error) => error);
    if (mine !== this.#asked) return undefined; // another search is under way by now
    this.#isLoading = false;
    this.#take(answer, before);
    if (this.isConnected) this.paint();
    return undefined;
  }

  /**
   * @param {any} answer a page of results, or why there is none
   * @param {number | null} before
   */
  #take(answer, before) {
    this.#refusal = "";
    if (answer instanceof Error) {
      if (before === null) last.results = null;
      this.#refusal = inWords(answer);
      return;
    }
    this.client.people.know(answer.people);
    const earlier = before === null ? [] : (last.results?.messages ?? []);
    last.results = { ...answer, messages: [...earlier, ...answer.messages] };
  }

  // Keys: from the field down into what was found, up and down in it, and back

  #pressed(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "ArrowDown" || event.target !== this.#field || event.isComposing) return;
    const first = /** @type {HTMLElement | null} */ (this.querySelector(".found__message"));
    if (!first) return;
    event.preventDefault();
    first.focus();
  }

  #moved(/** @type {KeyboardEvent} */ event) {
    const all = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".found__message")]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    if (at < 0 || !(event.key in places)) return;
    const next = places[/** @type {keyof typeof places} */ (event.key)];
    event.preventDefault();
    (next < 0 ? this.#field : all[Math.min(next, all.length - 1)]).focus();
  }
}

function inWords(/** @type {Error} */ error) {
  if (error instanceof Lost) return gettext("The server cannot be reached. Try again.");
  if (!(error instanceof Refusal) || !error.message) return gettext("This could not be loaded.");
  const words = error.message.replace(/^\w+: /, ""); // the field's name is for programs
  return words[0].toLocaleUpperCase(language) + words.slice(1);
}

customElements.define("search-panel", SearchPanel);
