// @ts-check
/**
 * @typedef {import("../state/completion.js").Option} Option
 * @typedef {import("../state/completion.js").Trigger} Trigger
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { RANK, suggested, triggerAt } from "../state/completion.js";
import { RecentEmoji } from "../state/recents.js";
import { EMOJI_NAMES } from "../view/emoji-names.js";
import { drawnEmoji } from "../view/emoji.js";
import { avatar, icon, presenceDot } from "../view/pieces.js";
import { COMMANDS } from "../view/slash-words.js";
import { ChatElement } from "./element.js";

/** ms without another key, after which the server is asked for those who are not in the room */
const PAUSE = 200;
const SIGNS = {
  "@": gettext("Members"),
  "#": gettext("Rooms"),
  ":": gettext("Emoji"),
  "/": gettext("Commands"),
};

/**
 * What the word at the caret may mean, above the field in which it is typed. The field keeps the
 * focus and names what is chosen. It is no combobox: of several lines it may not be one.
 */
export class CompletionList extends ChatElement {
  /** @type {HTMLTextAreaElement | null} */
  field = null;
  /** @type {Trigger | null} */
  #trigger = null;
  /** @type {Option[]} */
  #options = [];
  #at = 0;
  /** @type {Map<string, Option[]>} what the server knows, by what was asked */
  #asked = new Map();
  /** @type {any} */
  #timer = null;
  /** @type {string | null} a word for which the list was closed */
  #dismissed = null;

  template() {
    if (!this.#trigger || this.#options.length === 0) return nothing;
    const label = SIGNS[this.#trigger.sign];
    return html`<ul class="completions" id="completions" role="listbox" aria-label=${label}>
      ${this.#options.map((option, index) => this.#option(option, index))}
    </ul>`;
  }

  #option(/** @type {Option} */ option, /** @type {number} */ index) {
    return html`<li
      class="completions__option"
      id="completion-${index}"
      role="option"
      aria-selected=${index === this.#at}
      @pointerdown=${(/** @type {Event} */ event) => event.preventDefault()}
      @click=${() => this.#choose(option)}
    >
      ${this.#face(option)} <strong dir="auto">${option.name}</strong>
      <span dir="auto">${option.about}</span>
    </li>`;
  }

  #face(/** @type {Option} */ { key, text }) {
    const [kind, id] = key.split(":");
    if (kind === "emoji") return html`<span class="completions__emoji">${drawnEmoji(text)}</span>`;
    if (kind === "command") return icon("command");
    if (kind === "room") return icon("hash");
    if (kind === "call") return icon("users");
    const person = this.client.person(Number(id));
    return html`<span class="completions__face"
      >${avatar(person, "small")}${presenceDot(this.client.presence.of(person.id))}</span
    >`;
  }

  /** The text or the caret has moved. */
  typed() {
    const { field } = this;
    if (!field) return;
    const isPoint = field.selectionStart === field.selectionEnd;
    const trigger = isPoint ? triggerAt(field.value, field.selectionStart) : null;
    const word = trigger && `${trigger.start}${trigger.sign}`;
    if (word !== this.#dismissed) this.#dismissed = null;
    if (this.#dismissed !== null || !trigger) return this.#show(null);
    if (trigger.query !== this.#trigger?.query || trigger.sign !== this.#trigger?.sign) this.#at = 0;
    this.#show(trigger);
    return this.#askServer(trigger);
  }

  /** A key that may be meant for the list. Tells whether it was. */
  pressed(/** @type {KeyboardEvent} */ event) {
    const { length } = this.#options;
    if (!this.#trigger || length === 0) return false;
    if (event.key === "ArrowDown") this.#at = (this.#at + 1) % length;
    else if (event.key === "ArrowUp") this.#at = (this.#at + length - 1) % length;
    else if (event.key === "Escape") this.#dismiss();
    else if (event.key === "Tab" || (event.key === "Enter" && !this.#isComplete)) {
      if (event.shiftKey) return false;
      this.#choose(this.#options[this.#at]);
    } else return false;
    event.preventDefault();
    this.#draw();
    return true;
  }

  close() {
    this.#show(null);
  }

  /** What is typed to its end is sent with Enter, not completed. */
  get #isComplete() {
    const { sign = "", query = "" } = this.#trigger ?? {};
    return sign + query.toLowerCase() === this.#options[this.#at].text;
  }

  #dismiss() {
    this.#dismissed = this.#trigger && `${this.#trigger.start}${this.#trigger.sign}`;
    this.#show(null);
  }

  #show(/** @type {Trigger | null} */ trigger) {
    this.#trigger = trigger;
    this.#options = trigger ? suggested(this.#all(trigger), trigger.query) : [];
    this.#at = Math.min(this.#at, Math.max(0, this.#options.length - 1));
    this.#draw();
  }

  #draw() {
    this.paint();
    const { field } = this;
    if (!field) return;
    const isOpen = this.#options.length > 0;
    for (const [name, value] of Object.entries({
      "aria-autocomplete": "list",
      "aria-controls": "completions",
      "aria-activedescendant": `completion-${this.#at}`,
    })) {
      if (isOpen) field.setAttribute(name, value);
      else field.removeAttribute(name);
    }
    this.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  #choose(/** @type {Option} */ option) {
    const { field } = this;
    if (!field || !this.#trigger) return;
    const end = this.#trigger.start + 1 + this.#trigger.query.length;
    const space = field.value[end] === " " ? "" : " ";
    field.setRangeText(`${option.text}${space}`, this.#trigger.start, end, "end");
    this.#show(null);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  /** @returns {Option[]} */
  #all(/** @type {Trigger} */ { sign, query }) {
    const asked = this.#asked.get(sign + query.toLowerCase()) ?? [];
    if (sign === "/") return commands();
    if (sign === ":") return [...(this.#asked.get(":") ?? []), ...this.#emoji([...EMOJI_NAMES])];
    const known = sign === "@" ? this.#members() : this.#rooms();
    const keys = new Set(known.map(({ key }) => key));
    return [...known, ...asked.filter(({ key }) => !keys.has(key))];
  }

  /** @returns {Option[]} */
  #members() {
    const { people, me, presence, room } = this.client;
    const members = people.inRoom
      .filter(({ user }) => user !== me.id)
      .map((member) => ({
        key: `member:${member.user}`,
        text: `@${member.username}`,
        name: member.name,
        about: `@${member.username}`,
        rank: RANK[presence.of(member.user)],
      }));
    return room && mayCall(room) ? [...members, ...calls()] : members;
  }

  /** @returns {Option[]} */
  #rooms() {
    const { favourites, rooms } = this.client.ownList.lists;
    const named = favourites.filter((room) => room.kind !== "direct");
    return [...named, ...rooms].map(({ id, slug, name }) => ({
      key: `room:${id}`,
      text: `#${slug}`,
      name,
      about: `#${slug}`,
      rank: 0,
    }));
  }

  /**
   * Those used lately come first.
   * @param {[string, string][]} named an emoji and what it is called
   * @returns {Option[]}
   */
  #emoji(named) {
    const recent = new Set(new RecentEmoji(this.client.me.id).list);
    return named.map(([emoji, name]) => ({
      key: `emoji:${emoji}`,
      text: emoji,
      name,
      about: "",
      rank: recent.has(emoji) ? 0 : 1,
    }));
  }

  /** After a pause, asks for members of the site and for public rooms beyond one's own. */
  #askServer(/** @type {Trigger} */ { sign, query }) {
    this.client.clock.cancel(this.#timer);
    const name = sign === ":" ? sign : sign + query.toLowerCase();
    if (sign === "/" || !query || this.#asked.has(name)) return;
    const ask = { "@": this.#strangers, "#": this.#others, ":": this.#sitesOwn }[sign];
    this.#timer = this.client.clock.after(async () => {
      try {
        this.#asked.set(name, await ask.call(this, query));
      } catch {
        return; // those in the room are suggested all the same
      }
      if (this.#trigger) this.#show(this.#trigger);
    }, PAUSE);
  }

  /** @returns {Promise<Option[]>} */
  async #strangers(/** @type {string} */ query) {
    const { api, people } = this.client;
    const { users } = await api.read(`users?q=${encodeURIComponent(query)}`);
    people.know(users);
    return users.map((/** @type {import("../state/types.js").Person} */ person) => ({
      key: `member:${person.id}`,
      text: `@${person.username}`,
      name: person.name,
      about: gettext("@{handle} · not in this room", { handle: person.username }),
      rank: RANK.absent,
    }));
  }

  /** @returns {Promise<Option[]>} */
  async #sitesOwn() {
    const { emoji } = await this.client.api.read("emoji");
    const names = emoji.map((/** @type {{name: string}} */ { name }) => name);
    return this.#emoji(names.map((/** @type {string} */ name) => [`:${name}:`, name]));
  }

  /** @returns {Promise<Option[]>} */
  async #others(/** @type {string} */ query) {
    const { rooms } = await this.client.api.read(`rooms/directory?q=${encodeURIComponent(query)}`);
    return rooms.map((/** @type {{id: number, slug: string, name: string}} */ room) => ({
      key: `room:${room.id}`,
      text: `#${room.slug}`,
      name: room.name,
      about: `#${room.slug}`,
      rank: 1,
    }));
  }
}

function commands() {
  return COMMANDS.map(({ name, about }) => ({
    key: `command:${name}`,
    text: `/${name}`,
    name: `/${name}`,
    about,
    rank: 0,
  }));
}

function calls() {
  return [
    call("room", gettext("everybody in this room")),
    call("here", gettext("everybody who is here")),
  ];
}

/**
 * @param {string} name
 * @param {string} about
 */
function call(name, about) {
  return { key: `call:${name}`, text: `@${name}`, name: `@${name}`, about, rank: RANK.call };
}

/** May this member call everybody? */
function mayCall(/** @type {import("../state/room.js").RoomState} */ { kind, callers, role }) {
  return kind === "direct" || callers === "members" || role !== "member";
}

customElements.define("completion-list", CompletionList);
