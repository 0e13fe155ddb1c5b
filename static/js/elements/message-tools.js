// @ts-check
/**
 * The tools of one message while it is pointed at or in focus: what is done often, and the way to
 * all else (message-menu.js). A finger finds that way alone, or rests on the message.
 *
 * @typedef {import("./message-row.js").Shown} Shown
 * @typedef {import("./message-row.js").RowView} RowView
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../language.js";
import { icon } from "../view/pieces.js";

/**
 * @param {Shown} message
 * @param {RowView} view
 */
export function messageTools(message, { client, acts }) {
  if (message.entry || client.messages.removals.has(message)) return nothing;
  // Those who look after the room may bring back what a moderator deleted.
  if (message.deleted && !client.moderates) return nothing;
  const openThread = message.deleted ? null : acts.openThread;
  return html`
    <div class="message__tools" role="toolbar" aria-label=${gettext("Message")}>
      ${client.readOnly || message.deleted
        ? nothing
        : html`${tool("smile-plus", gettext("React"), (event) =>
            acts.pickReaction(message, opener(event)),
          )}
          ${tool("reply", gettext("Reply"), () => acts.reply(message))}`}
      ${openThread ? tool("messages-square", gettext("Thread"), () => openThread(message)) : nothing}
      ${tool("ellipsis", gettext("More"), (event) => acts.more(message, opener(event)), "menu")}
    </div>
  `;
}

function opener(/** @type {Event} */ event) {
  return /** @type {HTMLElement} */ (event.currentTarget);
}

/**
 * @param {string} sign
 * @param {string} label
 * @param {(event: Event) => void} act
 * @param {string} [opens] what it opens
 */
function tool(sign, label, act, opens) {
  return html`<button
    type="button"
    title=${label}
    aria-label=${label}
    aria-haspopup=${opens ?? nothing}
    @click=${act}
  >
    ${icon(sign)}
  </button>`;
}
