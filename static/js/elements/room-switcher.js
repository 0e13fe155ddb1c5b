// @ts-check
/**
 * Finds a room, a person or a command by a few of their letters, and goes there.
 *
 * @typedef {object} Choice
 * @property {string} key
 * @property {string} name
 * @property {string} about what is said beside the name
 * @property {unknown} sign
 * @property {() => unknown} choose
 * @property {string} [also] another name it is found by
 * @property {number} [rank] among equally good ones the lower comes first
 *
 * @typedef {{title: string, choices: Choice[]}} Group
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, language, ngettext } from "../all-words.js";
import { distance } from "../state/fuzzy.js";
import { RecentRooms } from "../state/recents.js";
import { avatar, icon, presenceDot, roomSign } from "../view/pieces.js";
import { sentence } from "../view/sentence.js";
import { countText } from "../view/words.js";
import { ChatElement } from "./element.js";
import { latinKey } from "./keys.js";
import { commandChoices } from "./switcher-commands.js";

/** choices shown of one kind */
const SHOWN = 8;
/** ms without another key, after which the server is asked for others */
const PAUSE = 200;
/** What is typed first to find one kind alone. */
const KINDS = { "#": "rooms", "@": "people", ">": "commands" };

/** A dialog with one field: a combobox whose list is what may be meant. */
export class RoomSwitcher extends ChatElement {
  static topics = ["rooms", "presence"];
  #typed = "";
  #at = 0;
  /** @type {any} */
  #timer = null;
  /** @type {Choice[]} */
  #strangers = [];
  /** @type {Choice[]} */
  #publicRooms = [];

  /** @type {HTMLElement | null} */
  #from = null;

  /** @param {HTMLElement | null} from what had the focus, and has it again afterwards */
  open(from) {
    this.#from = from;
    this.querySelector("dialog")?.showModal();
  }

  template() {
    const groups = this.#groups();
    const all = groups.flatMap(({ choices }) => choices);
    this.#at = Math.min(this.#at, Math.max(0, all.length - 1));
    return html`<dialog class="confirm switcher" aria-label=${gettext("Go to")} @close=${this.#closed} @click=${this.#outside}>
      <input
        class="input switcher__field"
        type="text"
        role="combobox"
        dir="auto"
        aria-label=${gettext("Find a room, a person or a command")}
        placeholder=${gettext("Find a room, a person or a command")}
        aria-autocomplete="list"
        aria-expanded="true"
        aria-controls="switcher-choices"
        aria-activedescendant=${all.length > 0 ? `switcher-${this.#at}` : nothing}
        autocomplete="off"
        spellcheck="false"
        enterkeyhint="go"
        @input=${this.#changed}
        @keydown=${this.#pressed}
      />
      <div
        class="switcher__choices"
        id="switcher-choices"
        role="listbox"
        aria-label=${gettext("What may be meant")}
      >
        ${groups.map((group) => this.#group(group, all))}
      </div>
      <p class="switcher__none" role="status">
        ${all.length === 0 ? gettext("Nothing is called that.") : nothing}
      </p>
      <p class="switcher__hint">
        ${sentence(gettext("{rooms} rooms only · {people} people only · {commands} commands only"), {
          rooms: html`<kbd>#</kbd>`,
          people: html`<kbd>@</kbd>`,
          commands: html`<kbd dir="ltr">&gt;</kbd>`,
        })}
      </p>
    </dialog>`;
  }

  /**
   * @param {Group} group
   * @param {Choice[]} all
   */
  #group({ title, choices }, all) {
    return html`<div role="group" aria-label=${title}>
      <p class="switcher__title" aria-hidden="true">${title}</p>
      ${choices.map((choice) => this.#choice(choice, all.indexOf(choice)))}
    </div>`;
  }

  #choice(/** @type {Choice} */ choice, /** @type {number} */ index) {
    return html`<div
      class="completions__option"
      id="switcher-${index}"
      role="option"
      aria-selected=${index === this.#at}
      data-key=${choice.key}
      @click=${() => this.#choose(choice)}
    >
      ${choice.sign} <strong dir="auto">${choice.name}</strong>
      ${choice.about ? html`<span>${choice.about}</span>` : nothing}
    </div>`;
  }

  // What may be meant

  /** @returns {Group[]} */
  #groups() {
    const kind = KINDS[/** @type {keyof typeof KINDS} */ (this.#typed[0])] ?? null;
    const wanted = (kind ? this.#typed.slice(1) : this.#typed).trim();
    const groups = [
      { kind: "rooms", title: gettext("Rooms"), choices: [...this.#rooms(), ...this.#publicRooms] },
      { kind: "people", title: gettext("People"), choices: [...this.#people(), ...this.#strangers] },
      { kind: "commands", title: gettext("Commands"), choices: commandChoices(this.client) },
    ].filter((group) => (kind ? group.kind === kind : wanted || group.kind !== "people"));
    const inMessages = !kind && wanted ? [this.#inMessages(wanted)] : [];
    const most = kind ? Infinity : SHOWN;
    const called = groups
      .map(({ title, choices }) => {
        const found = nearest(choices, wanted);
        return { title, choices: found.slice(0, most), best: found[0]?.far ?? Infinity };
      })
      .filter(({ choices }) => choices.length > 0)
      .sort((a, b) => (wanted ? Math.floor(a.best) - Math.floor(b.best) : 0));
    return [...called, ...inMessages];
  }

  /** What is written may be what somebody said. @returns {Group} */
  #inMessages(/** @type {string} */ wanted) {
    const choice = {
      key: "search",
      name: gettext("Search messages for “{text}”", { text: wanted }),
      about: "",
      sign: icon("search"),
      choose: () => this.client.panels.show("search", null, wanted),
    };
    return { title: gettext("Messages"), choices: [choice] };
  }

  /** One's own rooms, those one was in last on top, the open one at the end. @returns {Choice[]} */
  #rooms() {
    const { client } = this;
    const { favourites, rooms, direct } = client.ownList.lists;
    const recent = new RecentRooms(client.me.id).list;
    return [...favourites, ...rooms, ...direct].map((room, place) => {
      const visited = recent.indexOf(room.id);
      const isOpen = room.id === client.openRoom;
      const [other] = room.kind === "direct" && room.with.length === 1 ? room.with : [];
      return {
        key: `room:${room.id}`,
        name: room.name,
        also: other?.username ?? room.slug,
        about: isOpen ? gettext("here") : unreadIn(room.unread.count),
        sign: other ? face(client, other) : roomSign(room),
        choose: () => this.#go(room.slug),
        rank: isOpen ? Infinity : visited >= 0 ? visited : recent.length + place,
      };
    });
  }

  /** The members of the open room with whom there is no conversation yet. @returns {Choice[]} */
  #people() {
    const { client } = this;
    return client.people.inRoom.map((member) => this.#person({ ...member, id: member.user })).filter(isOne);
  }

  /** @returns {Choice | null} null for oneself, and for whom one's list of rooms has already */
  #person(/** @type {import("../state/types.js").Person} */ person) {
    const { client } = this;
    if (person.id === client.me.id) return null;
    const { direct } = client.ownList.lists;
    if (direct.some((room) => room.with.length === 1 && room.with[0].id === person.id)) return null;
    return {
      key: `person:${person.id}`,
      name: person.name,
      also: person.username,
      about: `@${person.username}`,
      sign: face(client, person),
      choose: () => this.#write(person.id),
    };
  }

  /** Members of the site and public rooms beyond those known here, after a pause. */
  #askServer() {
    const { api, clock, people, store } = this.client;
    clock.cancel(this.#timer);
    const query = this.#typed.replace(/^[#@>]/, "").trim();
    if (!query || this.#typed.startsWith(">")) return;
    this.#timer = clock.after(async () => {
      const q = encodeURIComponent(query);
      const asked = [api.read(`users?q=${q}`), api.read(`rooms/directory?q=${q}`)];
      const [found, listed] = await Promise.allSettled(asked);
      if (found.status === "fulfilled") {
        const present = new Set(people.inRoom.map(({ user }) => user));
        const others = found.value.users.filter((/** @type {any} */ { id }) => !present.has(id));
        this.#strangers = others.map((/** @type {any} */ each) => this.#person(each)).filter(isOne);
      }
      if (listed.status === "fulfilled") {
        const others = listed.value.rooms.filter((/** @type {any} */ { id }) => !store.rooms.has(id));
        this.#publicRooms = others.map((/** @type {any} */ room) => this.#publicRoom(room));
      }
      this.update();
    }, PAUSE);
  }

  /** @returns {Choice} */
  #publicRoom(/** @type {{id: number, slug: string, name: string}} */ { id, slug, name }) {
    const choose = () => this.#go(slug);
    return { key: `room:${id}`, name, also: slug, about: gettext("not joined"), sign: icon("hash"), choose };
  }

  // What is done

  #changed(/** @type {Event} */ event) {
    this.#typed = /** @type {HTMLInputElement} */ (event.target).value;
    this.#at = 0;
    this.paint();
    this.#askServer();
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    if (event.isComposing) return;
    const options = [...this.querySelectorAll("[role=option]")];
    const last = options.length - 1;
    const isAgain = (event.ctrlKey || event.metaKey) && latinKey(event) === "k";
    if (event.key === "ArrowDown") this.#at = this.#at < last ? this.#at + 1 : 0;
    else if (event.key === "ArrowUp") this.#at = this.#at > 0 ? this.#at - 1 : Math.max(0, last);
    else if (event.key === "Enter") /** @type {HTMLElement} */ (options[this.#at])?.click();
    else if (isAgain) this.#close();
    else return;
    event.preventDefault();
    if (!this.isConnected) return;
    this.paint();
    this.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** A click beside the dialog is one on its backdrop. */
  #outside(/** @type {MouseEvent} */ event) {
    if (event.target === event.currentTarget) this.#close();
  }

  #choose(/** @type {Choice} */ { choose }) {
    this.#close();
    void choose();
  }

  #close() {
    this.querySelector("dialog")?.close();
    this.#closed();
  }

  #closed() {
    if (!this.isConnected) return;
    this.remove();
    if (this.#from?.isConnected) this.#from.focus();
  }

  #go(/** @type {string} */ slug) {
    this.client.tell("go", `${this.client.urls.rooms}${slug}/`);
  }

  async #write(/** @type {number} */ user) {
    try {
      this.#go((await this.client.api.post("direct", { users: [user] })).slug);
    } catch (error) {
      this.client.refused(error);
    }
  }
}

/**
 * Those that may be meant, the nearest first, each with how far it is.
 * @param {Choice[]} choices
 * @param {string} wanted
 */
function nearest(choices, wanted) {
  return choices
    .map((choice) => ({ ...choice, far: farness(choice, wanted) }))
    .filter(({ far }) => far !== null)
    .sort(
      (a, b) =>
        Number(a.far) - Number(b.far) ||
        (a.rank ?? 0) - (b.rank ?? 0) ||
        a.name.localeCompare(b.name, language),
    );
}

/**
 * @param {Choice} choice
 * @param {string} wanted
 * @returns {number | null}
 */
function farness({ name, also }, wanted) {
  const far = [name, also ?? name]
    .map((each) => distance(each, wanted))
    .filter((each) => each !== null);
  return far.length > 0 ? Math.min(.../** @type {number[]} */ (far)) : null;
}

/**
 * @param {import("../client.js").ChatClient} client
 * @param {import("../state/types.js").Person} person
 */
function face(client, person) {
  return html`<span class="completions__face"
    >${avatar(person, "small")}${presenceDot(client.presence.of(person.id))}</span
  >`;
}

function unreadIn(/** @type {number} */ count) {
  if (count === 0) return "";
  return ngettext("{n} unread", "{n} unread", count, { n: countText(count) });
}

/** @returns {choice is Choice} */
function isOne(/** @type {Choice | null} */ choice) {
  return choice !== null;
}

customElements.define("room-switcher", RoomSwitcher);
