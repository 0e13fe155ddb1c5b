// @ts-check
/**
 * All that can be done with a message: as a menu beside it, and for a finger as a sheet that comes
 * up from the lower edge.
 *
 * @typedef {import("./message-progress.js").Shown} Shown
 * @typedef {import("./message-acts.js").Acts} Acts
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {{sign: string, label: string, act: () => unknown, isGrave?: boolean}} Item
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { RecentEmoji } from "../state/recents.js";
import { drawnEmoji } from "../view/emoji.js";
import { icon } from "../view/pieces.js";
import { ChatElement, put } from "./element.js";
import { memberActs } from "./member-acts.js";
import { menuItem, moveInMenu } from "./menu-items.js";
import { popUp } from "./popup.js";

/** members of a room in which it is told who has read a message */
const SEEN_BY_MAX = 50;
/** What one reacts with at one touch, where nothing was used lately. */
const USUAL = ["👍", "❤️", "😂", "🎉", "👀"];
const NAME = "What to do with the message";

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

/** @typedef {{message: Shown, acts: Acts, isSaved: boolean, opener: HTMLElement}} What */

/** Beside what opened it, without what stands there already. */
export class MessageMenu extends ChatElement {
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
export class MessageSheet extends ChatElement {
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
    if (isOpen) often.push({ sign: "reply", label: "Reply", act: () => acts.reply(message) });
    if (openThread && !message.deleted) {
      often.push({ sign: "messages-square", label: "Thread", act: () => openThread(message) });
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
          aria-label="React with ${emoji}"
          @click=${then(() => client.messages.react(message, emoji))}
        >
          ${drawnEmoji(emoji)}
        </button>`,
      )}
      <button
        type="button"
        title="Another reaction"
        @click=${then(() => acts.pickReaction(message, opener))}
      >
        ${icon("smile-plus")}<span class="visually-hidden">Another reaction</span>
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
  const { message } = what;
  if (message.deleted) return ofDeleted(client, what).map((item) => drawn(item, close));
  const moderation = ofModerators(client, message);
  return html`${items(client, what).map((item) => drawn(item, close))}
  ${moderation.length > 0
    ? html`<div role="group" aria-label="Moderation">
        <p class="menu__title" aria-hidden="true">Moderation</p>
        ${moderation.map((item) => drawn(item, close))}
      </div>`
    : nothing}`;
}

/**
 * What those who look after the room may do about the author of a message.
 * @param {ChatClient} client
 * @param {Shown} message
 * @returns {Item[]}
 */
function ofModerators(client, { author }) {
  if (!client.moderates || author === client.me.id || client.room?.kind === "direct") return [];
  return [...memberActs(client, author), toPanel(client)];
}

/**
 * What those who look after the room may do with what was deleted.
 * @param {ChatClient} client
 * @param {What} what
 * @returns {Item[]}
 */
function ofDeleted(client, { message, acts }) {
  const restore = async () => (await import("./moderate-dialogs.js")).restore(client, message);
  return [
    { sign: "history", label: "What it said", act: () => acts.showEdits(message) },
    { sign: "rotate-cw", label: "Restore", act: restore },
    toPanel(client),
  ];
}

/**
 * @param {ChatClient} client
 * @returns {Item}
 */
function toPanel({ panels, openRoom }) {
  const act = () => panels.show("moderation", openRoom);
  return { sign: "shield", label: "Reports and sanctions", act };
}

/**
 * What is seldom done with a message, from what one does with one's own to what cannot be undone.
 * @param {ChatClient} client
 * @param {What} what
 * @returns {Item[]}
 */
function items(client, { message, acts, isSaved }) {
  const isOwn = message.author === client.me.id;
  const isOpen = !client.readOnly;
  /** @type {Item[]} */
  const all = [];
  /**
   * @param {string} sign
   * @param {string} label
   * @param {() => unknown} act
   * @param {boolean} [isThere]
   */
  const offer = (sign, label, act, isThere = true) => {
    if (isThere) all.push({ sign, label, act });
  };
  const canEdit = isOpen && isOwn && !message.forwarded;
  offer("pencil", "Edit", () => client.writing.edit({ message: message.id }), canEdit);
  const inRoom = acts.openThread !== null;
  offer("eye-off", "Mark unread from here", () => client.reading.markUnread(message.seq), inRoom);
  offer("corner-down-right", "Forward…", () => forward(client, message));
  const saveLabel = isSaved ? "Remove from saved" : "Save for later";
  offer("bookmark", saveLabel, () => client.saved.set(message, !isSaved));
  const pinLabel = message.pinned ? "Unpin" : "Pin to the room";
  const pin = () => client.messages.pin(message, !message.pinned);
  offer(message.pinned ? "pin-off" : "pin", pinLabel, pin, client.moderates);
  offer("history", "What it said before", () => acts.showEdits(message), message.edited_at !== null);
  const isTold = client.people.inRoom.length <= SEEN_BY_MAX;
  offer("eye", "Seen by", () => showReaders(client, message), isTold);
  offer("copy", "Copy text", () => copy(client, message.body, "The text is copied."));
  offer("link", "Copy link", () => copyLink(client, message));
  offer("flag", "Report…", () => report(client, message), !isOwn);
  if (client.moderates || (isOwn && client.mayTakeBack)) {
    all.push({ sign: "trash-2", label: "Delete", act: () => acts.remove(message), isGrave: true });
  }
  return all;
}

/**
 * @param {ChatClient} client
 * @param {Shown} message
 */
async function forward(client, message) {
  const { ForwardDialog } = await import("./forward-dialog.js");
  put(ForwardDialog, client).ask(message);
}

/**
 * @param {ChatClient} client
 * @param {Shown} message
 */
async function report(client, message) {
  const { reportMessage } = await import("./report-dialog.js");
  await reportMessage(client, message);
}

/**
 * @param {ChatClient} client
 * @param {Shown} message
 */
async function showReaders(client, message) {
  const { SeenBy } = await import("./seen-by.js");
  await put(SeenBy, client).show(message.id);
}

/**
 * @param {ChatClient} client
 * @param {Shown} message
 */
function copyLink(client, message) {
  const address = new URL(client.messages.address(message), location.href).href;
  return copy(client, address, "The link is copied. Only those in the room can follow it.");
}

/**
 * @param {ChatClient} client
 * @param {string} text
 * @param {string} told
 */
async function copy(client, text, told) {
  try {
    await navigator.clipboard.writeText(text);
    client.tell("notice", told);
  } catch {
    client.tell("notice", text); // a network without https has no clipboard
  }
}

customElements.define("message-menu", MessageMenu);
customElements.define("message-sheet", MessageSheet);
