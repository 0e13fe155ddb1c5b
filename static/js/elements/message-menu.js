// @ts-check
/** @typedef {import("./message-progress.js").Shown} Shown */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../view/pieces.js";
import { ChatElement, put } from "./element.js";
import { popUp } from "./popup.js";

/** members of a room in which it is told who has read a message */
const SEEN_BY_MAX = 50;

/** What is seldom done with a message: pass it on, save it, pin it, see what it said before. */
export class MessageMenu extends ChatElement {
  /** @type {Shown | null} */
  #message = null;
  #isSaved = false;

  /**
   * @param {Shown} message
   * @param {HTMLElement} opener
   */
  async open(message, opener) {
    this.#isSaved = await this.client.saved.has(message.id).catch(() => false);
    this.#message = message;
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", "What to do with the message");
    this.paint();
    popUp(this, opener);
    this.querySelector("button")?.focus();
  }

  template() {
    const message = this.#message;
    if (!message) return nothing;
    const { client } = this;
    return html`<div class="menu" role="menu" @keydown=${this.#move}>
      ${this.#item("corner-down-right", "Forward…", () => this.#forward(message))}
      ${this.#item("bookmark", this.#isSaved ? "Remove from saved" : "Save for later", () =>
        client.saved.set(message, !this.#isSaved),
      )}
      ${client.moderates
        ? this.#item(message.pinned ? "pin-off" : "pin", message.pinned ? "Unpin" : "Pin to the room", () =>
            client.messages.pin(message, !message.pinned),
          )
        : nothing}
      ${message.edited_at
        ? this.#item("history", "What it said before", () => this.#showEdits(message))
        : nothing}
      ${client.people.inRoom.length <= SEEN_BY_MAX
        ? this.#item("eye", "Seen by", () => this.#showReaders(message))
        : nothing}
      ${this.#item("link", "Copy link", () => this.#copyLink(message))}
    </div>`;
  }

  /**
   * @param {string} sign
   * @param {string} label
   * @param {() => unknown} act
   */
  #item(sign, label, act) {
    const choose = () => {
      this.hidePopover();
      void act();
    };
    return html`<button type="button" role="menuitem" class="menu__item" @click=${choose}>
      ${icon(sign)} ${label}
    </button>`;
  }

  async #forward(/** @type {Shown} */ message) {
    const { ForwardDialog } = await import("./forward-dialog.js");
    put(ForwardDialog, this.client).ask(message);
  }

  async #showEdits(/** @type {Shown} */ message) {
    const { EditHistory } = await import("./edit-history.js");
    put(EditHistory, this.client).show(message);
  }

  async #showReaders(/** @type {Shown} */ message) {
    const { SeenBy } = await import("./seen-by.js");
    await put(SeenBy, this.client).show(message.id);
  }

  async #copyLink(/** @type {Shown} */ message) {
    const address = new URL(this.client.messages.address(message), location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      this.client.tell("notice", "The link is copied. Only those in the room can follow it.");
    } catch {
      this.client.tell("notice", address); // a network without https has no clipboard
    }
  }

  #move(/** @type {KeyboardEvent} */ event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.querySelectorAll("button")];
    const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    items[(at + step + items.length) % items.length].focus();
  }
}

customElements.define("message-menu", MessageMenu);
