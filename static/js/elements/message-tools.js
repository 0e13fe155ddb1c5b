// @ts-check
/**
 * The tools of one message: what can be done with it while it is pointed at or in focus.
 *
 * @typedef {import("./message-row.js").Shown} Shown
 * @typedef {import("./message-row.js").RowView} RowView
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../view/pieces.js";

/**
 * @param {Shown} message
 * @param {RowView} view
 */
export function messageTools(message, { client, acts }) {
  const isOwn = message.author === client.me.id;
  if (message.entry || message.deleted || client.readOnly) return nothing;
  return html`
    <div class="message__tools" role="toolbar" aria-label="Message">
      ${tool("smile-plus", "React", (event) =>
        acts.pickReaction(message, /** @type {HTMLElement} */ (event.currentTarget)),
      )}
      ${tool("reply", "Reply", () => acts.reply(message))}
      ${tool("eye-off", "Mark unread from here", () => client.reading.markUnread(message.seq))}
      ${isOwn
        ? tool("pencil", "Edit", () => client.writing.edit({ message: message.id }))
        : nothing}
      ${isOwn || client.moderates
        ? tool("trash-2", "Delete", () => acts.remove(message))
        : nothing}
    </div>
  `;
}

/**
 * @param {string} sign
 * @param {string} label
 * @param {(event: Event) => void} act
 */
function tool(sign, label, act) {
  return html`<button type="button" title=${label} aria-label=${label} @click=${act}>
    ${icon(sign)}
  </button>`;
}
