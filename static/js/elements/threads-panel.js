// @ts-check
/** @typedef {import("../client/threads.js").Told} Told */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { listedMessage, messageList } from "./message-list.js";
import { newInThread, replyCount } from "./message-thread.js";
import { SidePanel } from "./side-panel.js";

/** The threads this member is in, in all rooms: those with something new first. */
export class ThreadsPanel extends SidePanel {
  static topics = ["threads"];
  /** @type {Told[] | null} */
  #rows = null;
  #failed = false;

  get heading() {
    return gettext("Threads");
  }

  entered() {
    super.entered();
    void this.#load();
  }

  body() {
    return messageList({
      rows: this.#rows,
      failed: this.#failed,
      retry: () => void this.#load(),
      empty: gettext(
        "You are in no thread yet. Open one from any message: those you write in, begin, or are mentioned in stand here.",
      ),
      draw: (told) => this.#thread(told),
    });
  }

  #thread(/** @type {Told} */ { root, author }) {
    const { store, threads } = this.client;
    const unread = threads.unreadIn(root.id);
    const count = root.replies?.count ?? 0;
    return listedMessage({
      message: root,
      author,
      above: html`<bdi>${store.rooms.get(root.room)?.name}</bdi>`,
      below: html`<button
        type="button"
        class="message__thread"
        ?data-unread=${unread > 0}
        @click=${() => this.#open(root)}
      >
        ${replyCount(count)} ${unread > 0 ? newInThread(unread) : nothing}
      </button>`,
    });
  }

  #open(/** @type {Told["root"]} */ root) {
    this.client.open(root.room);
    this.client.panels.show("thread", root.id);
  }

  async #load() {
    try {
      this.#rows = await this.client.threads.list();
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
    this.paint();
  }
}

customElements.define("threads-panel", ThreadsPanel);
