// @ts-check
/**
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").Person} Person
 * @typedef {{message: Message, pinned_by: Person | null, pinned_at: string}} Pinned
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, language } from "../all-words.js";
import { timeOrDay } from "../view/dates.js";
import { listedMessage, messageList, wayTo } from "./message-list.js";
import { SidePanel } from "./side-panel.js";

/** What is pinned to the open room, the newest pin first. */
export class PinsPanel extends SidePanel {
  /** @type {Pinned[] | null} */
  #pins = null;
  #failed = false;
  #most = 0;

  get heading() {
    return gettext("Pinned messages");
  }

  entered() {
    super.entered();
    this.client.on("pins", () => void this.#load(), this.ended);
    void this.#load();
  }

  body() {
    const { client } = this;
    return messageList({
      rows: this.#pins,
      failed: this.#failed,
      retry: () => void this.#load(),
      empty: client.moderates
        ? gettext("Nothing is pinned here. Pin what should stay at hand from a message's menu.")
        : gettext("Nothing is pinned here. Owners and moderators pin what should stay at hand."),
      draw: (pin) => this.#pin(pin),
    });
  }

  tools() {
    const count = this.#pins?.length ?? 0;
    if (count === 0) return nothing;
    const n = count.toLocaleString(language);
    const most = this.#most.toLocaleString(language);
    const title = gettext("{n} of at most {most}", { n, most });
    return html`<span class="side-panel__count" title=${title}>${n}</span>`;
  }

  #pin(/** @type {Pinned} */ { message, pinned_by: by, pinned_at: at }) {
    const { client } = this;
    return listedMessage({
      message,
      author: client.person(message.author),
      below: html`<a class="link" href=${client.messages.address(message)}>${wayTo(message)}</a>
        ${client.moderates
          ? html`<button type="button" class="link" @click=${() => client.messages.pin(message, false)}>
              ${gettext("Unpin")}
            </button>`
          : nothing}
        ${by
          ? html`<small
              >${gettext("pinned by {name}, {time}", { name: by.name, time: timeOrDay(new Date(at)) })}</small
            >`
          : nothing}`,
    });
  }

  async #load() {
    try {
      const { pins, most } = await this.client.api.read(`rooms/${this.client.openRoom}/pins`);
      this.#pins = pins;
      this.#most = most;
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
    if (this.isConnected) this.paint();
  }
}

customElements.define("pins-panel", PinsPanel);
