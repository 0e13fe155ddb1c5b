// @ts-check
/**
 * The reactions under a message.
 *
 * @typedef {import("./message-row.js").Shown} Shown
 * @typedef {import("./message-row.js").RowView} RowView
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../view/pieces.js";
import { listNames } from "../view/words.js";

const NAMES_TOLD = 12; // names of those who reacted

/**
 * @param {Shown} message
 * @param {RowView} view
 */
export function messageReactions(message, { client, acts, isStop }) {
  const shown = client.messages.reactionsOf(message);
  if (shown.length === 0 || message.deleted) return nothing;
  return html`<p class="message__reactions">
    ${shown.map(({ emoji, users }) => {
      const names = users.map((user) => client.person(user).name);
      const who = listNames(names, NAMES_TOLD);
      return html`<button
        type="button"
        class="reaction"
        tabindex=${isStop ? 0 : -1}
        aria-pressed=${users.includes(client.me.id)}
        title=${who}
        aria-label="${emoji} ${users.length}, ${who}"
        ?disabled=${client.readOnly}
        @click=${() => client.messages.react(message, emoji)}
      >
        <span>${emoji}</span> ${users.length}
      </button>`;
    })}
    ${client.readOnly
      ? nothing
      : html`<button
          type="button"
          class="reaction reaction--add"
          tabindex=${isStop ? 0 : -1}
          title="React"
          @click=${(/** @type {Event} */ event) =>
            acts.pickReaction(message, /** @type {HTMLElement} */ (event.currentTarget))}
        >
          ${icon("smile-plus")}<span class="visually-hidden">React</span>
        </button>`}
  </p>`;
}
