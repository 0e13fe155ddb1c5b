// @ts-check
/**
 * The line under a message that began a thread, and what a message in a thread says of it.
 *
 * @typedef {import("./message-row.js").Shown} Shown
 * @typedef {import("./message-row.js").RowView} RowView
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, ngettext } from "../language.js";
import { timeOrDay } from "../view/dates.js";
import { icon } from "../view/pieces.js";
import { countText } from "../view/words.js";

/**
 * @param {Shown} message
 * @param {RowView} view
 */
export function messageThread(message, { client, acts, isStop }) {
  const { openThread } = acts;
  if (!openThread || message.entry) return nothing;
  const { replies } = message;
  if (!replies) return message.thread === null ? nothing : inThread(message, openThread, isStop);
  const unread = client.threads.unreadIn(message.id);
  return html`<button
    type="button"
    class="message__thread"
    tabindex=${isStop ? 0 : -1}
    ?data-unread=${unread > 0}
    @click=${() => openThread(message)}
  >
    ${icon("messages-square")}
    ${replyCount(replies.count)}
    ${unread > 0 ? newInThread(unread) : html`<span>${timeOrDay(new Date(replies.last_at))}</span>`}
  </button>`;
}

/** How many messages a thread has besides its first. */
export function replyCount(/** @type {number} */ count) {
  return html`<strong>${ngettext("{n} reply", "{n} replies", count)}</strong>`;
}

/** How many of them are unread. */
export function newInThread(/** @type {number} */ unread) {
  const text = ngettext("{n} new", "{n} new", unread, { n: countText(unread) });
  return html`<span class="message__thread-new">${text}</span>`;
}

/**
 * @param {Shown} message
 * @param {(message: Shown) => void} openThread
 * @param {boolean} isStop
 */
function inThread(message, openThread, isStop) {
  return html`<button
    type="button"
    class="message__thread"
    tabindex=${isStop ? 0 : -1}
    @click=${() => openThread(message)}
  >
    ${icon("corner-up-left")} ${gettext("From a thread")}
  </button>`;
}
