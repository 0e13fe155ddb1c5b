// @ts-check
/**
 * The line under a message that began a thread, and what a message in a thread says of it.
 *
 * @typedef {import("./message-row.js").Shown} Shown
 * @typedef {import("./message-row.js").RowView} RowView
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
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
    <strong>${replies.count} ${replies.count === 1 ? "reply" : "replies"}</strong>
    ${unread > 0
      ? html`<span class="message__thread-new">${countText(unread)} new</span>`
      : html`<span>${timeOrDay(new Date(replies.last_at))}</span>`}
  </button>`;
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
    ${icon("corner-up-left")} From a thread
  </button>`;
}
