// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../language.js";
import { icon } from "../view/pieces.js";
import { sentence } from "../view/sentence.js";

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
      <span
        >${message
          ? sentence(gettext("Replying to {name} {message}"), {
              name: html`<strong dir="auto">${client.person(message.author).name}</strong>`,
              message: html`<q dir="auto">${message.body}</q>`,
            })
          : gettext("Replying to an earlier message")}</span
      >
      <button type="button" title=${gettext("Do not reply")} @click=${drop}>
        ${icon("x")}<span class="visually-hidden">${gettext("Do not reply")}</span>
      </button>
    </p>
  `;
}
