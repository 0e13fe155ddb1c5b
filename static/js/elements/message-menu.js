// @ts-check
/**
 * All that can be done with a message: as a menu beside it, and for a finger as a sheet that comes
 * up from the lower edge.
 *
 * @typedef {import("./message-progress.js").Shown} Shown
 * @typedef {import("./message-acts.js").Acts} Acts
 * @typedef {import("./message-choices.js").Item} Item
 * @typedef {import("./message-choices.js").What} What
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { RecentEmoji } from "../state/recents.js";
import { drawnEmoji } from "../view/emoji.js";
import { icon } from "../view/pieces.js";
import { ChatElement, put } from "./element.js";
import { menuGroup, menuItem, moveInMenu } from "./menu-items.js";
import { moderating, ordinary } from "./message-choices.js";
import { popUp } from "./popup.js";

/** What one reacts with at one touch, where nothing was used lately. */
const USUAL = ["👍", "❤️", "😂", "🎉", "👀"];
const NAME = gettext("What to do with the message");

/**
 * Opens what there is to do with a message.
 * @param {ChatClient} client
 * @param {Shown} message
 * @param {Acts} acts
 * @param {HTMLElement} opener
 */
export async function openMenu(client, message, acts, opener) {
  if (message.entry || client.messages.removals.has(message)) return;
  if (message.deleted && !client.moderates) return;
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const isSaved = await client.saved.has(message.id).catch(() => false);
  const what = { message, acts, isSaved, opener };
  if (isTouch) put(MessageSheet, client).open(what);
  else put(MessageMenu, client).open(what);
}

/** Beside what opened it, without what stands there already. */
class MessageMenu extends ChatElement {
  /** @type {What | null} */
  #what = null;

  /** @param {What} what */
  open(what) {
    this.#what = what;
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", NAME);
    this.paint();
    popUp(this, what.opener);
    this.querySelector("button")?.focus();
  }

  template() {
    if (!this.#what) return nothing;
    return html`<div class="menu" role="menu" aria-label=${NAME} @keydown=${moveInMenu}>
      ${everything(this.client, this.#what, () => this.hidePopover())}
    </div>`;
  }
}

/** On a phone: everything, large enough for a thumb. */
class MessageSheet extends ChatElement {
  /** @type {What | null} */
  #what = null;
  #isPressed = false;

  /** @param {What} what */
  open(what) {
    this.#what = what;
    this.paint();
    this.addEventListener("click", (event) => this.#clicked(event), { capture: true });
    this.#dialog?.showModal();
  }

  get #dialog() {
    return this.querySelector("dialog");
  }

  template() {
    if (!this.#what) return nothing;
    const { client } = this;
    const { message, acts, opener } = this.#what;
    const { openThread } = acts;
    /** @type {Item[]} */
    const often = [];
    const isOpen = !client.readOnly && !message.deleted;
    if (isOpen) {
      often.push({ sign: "reply", label: gettext("Reply"), act: () => acts.reply(message) });
    }
    if (openThread && !message.deleted) {
      const act = () => openThread(message);
      often.push({ sign: "messages-square", label: gettext("Thread"), act });
    }
    const close = () => this.#dialog?.close();
    return html`<dialog
      class="sheet"
      aria-label=${NAME}
      @close=${() => this.#closed(opener)}
      @pointerdown=${this.#pressed}
    >
      ${isOpen ? this.#reactions(message, acts, opener) : nothing}
      <div class="menu" role="menu" aria-label=${NAME} @keydown=${moveInMenu}>
        ${often.map((item) => drawn(item, close))} ${everything(client, this.#what, close)}
      </div>
    </dialog>`;
  }

  /**
   * @param {Shown} message
   * @param {Acts} acts
   * @param {HTMLElement} opener
   */
  #reactions(message, acts, opener) {
    const { client } = this;
    const lately = new RecentEmoji(client.me.id).list;
    const offered = [...new Set([...lately, ...USUAL])].slice(0, USUAL.length);
    /** @param {() => unknown} act */
    const then = (act) => () => {
      this.#dialog?.close();
      void act();
    };
    return html`<p class="sheet__reactions">
      ${offered.map(
        (emoji) => html`<button
          type="button"
          aria-label=${gettext("React with {emoji}", { emoji })}
          @click=${then(() => client.messages.react(message, emoji))}
        >
          ${drawnEmoji(emoji)}
        </button>`,
      )}
      <button
        type="button"
        title=${gettext("Another reaction")}
        @click=${then(() => acts.pickReaction(message, opener))}
      >
        ${icon("smile-plus")}<span class="visually-hidden">${gettext("Another reaction")}</span>
      </button>
    </p>`;
  }

  /** The finger that asked for the sheet is lifted above it: that chooses nothing. */
  #clicked(/** @type {MouseEvent} */ event) {
    if (!this.#isPressed && event.detail > 0) event.stopPropagation();
  }

  /** Beside the sheet is the way out of it. */
  #pressed(/** @type {PointerEvent} */ event) {
    this.#isPressed = true;
    if (event.target === this.#dialog) this.#dialog?.close();
  }

  #closed(/** @type {HTMLElement} */ opener) {
    this.remove();
    if (opener.isConnected) opener.focus({ preventScroll: true });
  }
}

/**
 * @param {Item} item
 * @param {() => void} close
 */
function drawn({ sign, label, act, isGrave = false }, close) {
  const choose = () => {
    close();
    void act();
  };
  return isGrave
    ? html`<span class="menu__grave">${menuItem(sign, label, choose)}</span>`
    : menuItem(sign, label, choose);
}

/**
 * @param {ChatClient} client
 * @param {What} what
 * @param {() => void} close
 */
function everything(client, what, close) {
  const moderation = moderating(client, what);
  return html`${ordinary(client, what).map((item) => drawn(item, close))}
  ${moderation.length > 0
    ? menuGroup(
        gettext("Moderation"),
        moderation.map((item) => drawn(item, close)),
      )
    : nothing}`;
}

customElements.define("message-menu", MessageMenu);
customElements.define("message-sheet", MessageSheet);
