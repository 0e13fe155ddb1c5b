// @ts-check
/**
 * @typedef {import("../client/saved.js").SavedRow} SavedRow
 */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { listedMessage, messageList, wayTo } from "./message-list.js";
import { SidePanel } from "./side-panel.js";

/** What this member keeps for later, of all rooms. Nobody else sees it. */
export class SavedPanel extends SidePanel {
  /** @type {SavedRow[] | null} */
  #rows = null;
  #failed = false;

  get heading() {
    return gettext("Saved messages");
  }

  entered() {
    super.entered();
    this.client.on("saved", () => void this.#load(), this.ended);
    void this.#load();
  }

  body() {
    return messageList({
      rows: this.#rows,
      failed: this.#failed,
      retry: () => void this.#load(),
      empty: gettext("Nothing is saved. Save a message from its menu: nobody is told."),
      draw: (row) => this.#saved(row),
    });
  }

  #saved(/** @type {SavedRow} */ { message, author, room_name: room, slug }) {
    const { urls, saved } = this.client;
    return listedMessage({
      message,
      author,
      above: html`<bdi>${room}</bdi>`,
      below: html`<a class="link" href="${urls.rooms}${slug}/${message.seq}">${wayTo(message)}</a>
        <button type="button" class="link" @click=${() => saved.set(message, false)}>
          ${gettext("Remove")}
        </button>`,
    });
  }

  async #load() {
    try {
      this.#rows = await this.client.saved.list();
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
    if (this.isConnected) this.paint();
  }
}

customElements.define("saved-panel", SavedPanel);
