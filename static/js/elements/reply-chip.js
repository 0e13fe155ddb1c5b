// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../view/pieces.js";

/**
 * Above the field: what is being answered, and the way not to.
 * @param {import("../client.js").ChatClient} client
 * @param {number | null | undefined} id of the message
 * @param {() => void} drop
 */
export function replyChip(client, id, drop) {
  if (id == null) return nothing;
  const message = client.quotes.of(id);
  return html`
    <p class="composer__reply">
      ${icon("reply")}
      ${message
        ? html`<span
            >Replying to <strong>${client.person(message.author).name}</strong> <q>${message.body}</q></span
          >`
        : html`<span>Replying to an earlier message</span>`}
      <button type="button" title="Do not reply" @click=${drop}>
        ${icon("x")}<span class="visually-hidden">Do not reply</span>
      </button>
    </p>
  `;
}
