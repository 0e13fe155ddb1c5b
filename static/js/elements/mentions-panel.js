// @ts-check
/**
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").Person} Person
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { listedMessage, messageList, wayTo } from "./message-list.js";
import { SidePanel } from "./side-panel.js";

/** What called this member, in all rooms, the newest first; older ones page by page. */
export class MentionsPanel extends SidePanel {
  static topics = ["rooms"];
  /** @type {Message[] | null} */
  #messages = null;
  #more = false;
  #failed = false;
  #isLoading = false;
  /** Mentions that were unread when the page last looked. */
  #unread = 0;

  get heading() {
    return gettext("Mentions");
  }

  entered() {
    super.entered();
    this.#unread = this.client.reading.mentions;
    this.client.on("rooms", () => this.#told(), this.ended);
    void this.#load();
  }

  /** Somebody may have mentioned this member just now. */
  #told() {
    const { mentions } = this.client.reading;
    if (mentions > this.#unread) void this.#load();
    this.#unread = mentions;
  }

  body() {
    return html`
      ${messageList({
        rows: this.#messages,
        failed: this.#failed,
        retry: () => void this.#load(),
        empty: gettext("Nobody has mentioned you yet."),
        draw: (message) => this.#mention(message),
      })}
      ${this.#more && !this.#failed
        ? html`<p class="side-panel__note">
            <button
              type="button"
              class="link"
              ?disabled=${this.#isLoading}
              @click=${() => this.#load(this.#messages?.at(-1)?.id)}
            >
              ${gettext("Show older ones")}
            </button>
          </p>`
        : nothing}
    `;
  }

  #mention(/** @type {Message} */ message) {
    const { client } = this;
    const room = client.store.rooms.get(message.room);
    const isNew = room !== undefined && message.seq > room.unread.readSeq;
    return listedMessage({
      message,
      author: client.person(message.author),
      above: html`<span dir="auto">${room?.name ?? gettext("A room")}</span>${isNew
          ? html` <span class="mentions__new">${gettext("new")}</span>`
          : nothing}`,
      below: html`<a class="link" href="${client.urls.rooms}${room?.slug ?? ""}/${message.seq}/"
        >${wayTo(message)}</a
      >`,
    });
  }

  async #load(/** @type {number | undefined} */ before = undefined) {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const older = before === undefined ? "" : `?before=${before}`;
      const { messages, people, more } = await this.client.api.read(`mentions${older}`);
      this.client.people.know(people);
      this.#messages = before === undefined ? messages : [...(this.#messages ?? []), ...messages];
      this.#more = more;
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
    this.#isLoading = false;
    if (this.isConnected) this.paint();
  }
}

customElements.define("mentions-panel", MentionsPanel);
