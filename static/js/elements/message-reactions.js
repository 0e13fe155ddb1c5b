// @ts-check
/**
 * The reactions under a message.
 *
 * @typedef {import("./message-row.js").Shown} Shown
 * @typedef {import("./message-row.js").RowView} RowView
 * @typedef {import("../state/types.js").Reaction} Reaction
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { gettext, language } from "../language.js";
import { drawnEmoji } from "../view/emoji.js";
import { icon } from "../view/pieces.js";
import { listNames } from "../view/words.js";
import { endsHold, hold } from "./hold.js";

const NAMES_TOLD = 12; // names of those who reacted

/**
 * @param {Shown} message
 * @param {RowView} view
 */
export function messageReactions(message, view) {
  const { client, acts, isStop } = view;
  const shown = client.messages.reactionsOf(message);
  if (shown.length === 0 || message.deleted) return nothing;
  return html`<p class="message__reactions">
    ${repeat(
      shown,
      (/** @type {Reaction} */ { emoji }) => emoji,
      (/** @type {Reaction} */ reaction) => chip(message, reaction, view),
    )}
    ${client.readOnly
      ? nothing
      : html`<button
          type="button"
          class="reaction reaction--add"
          tabindex=${isStop ? 0 : -1}
          title=${gettext("React")}
          @click=${(/** @type {Event} */ event) => acts.pickReaction(message, opener(event))}
        >
          ${icon("smile-plus")}<span class="visually-hidden">${gettext("React")}</span>
        </button>`}
  </p>`;
}

/**
 * A finger has no hover: held down, the chip tells who reacted.
 * @param {Shown} message
 * @param {Reaction} reaction
 * @param {RowView} view
 */
function chip(message, { emoji, users }, { client, acts, isStop }) {
  const names = users.map((user) => client.person(user).name);
  const who = listNames(names, NAMES_TOLD);
  const count = users.length.toLocaleString(language);
  return html`<button
    type="button"
    class="reaction"
    tabindex=${isStop ? 0 : -1}
    aria-pressed=${users.includes(client.me.id)}
    title=${who}
    aria-label=${gettext("{emoji} {n}, {names}", { emoji, n: count, names: who })}
    ?disabled=${client.readOnly}
    @click=${(/** @type {Event} */ event) => {
      if (!endsHold(opener(event))) void client.messages.react(message, emoji);
    }}
    @pointerdown=${(/** @type {PointerEvent} */ event) =>
      hold(event, opener(event), client.clock, (chip) => acts.showReaction(message, emoji, chip))}
    @contextmenu=${(/** @type {PointerEvent} */ event) => {
      if (event.pointerType !== "mouse") event.preventDefault();
    }}
  >
    <span>${drawnEmoji(emoji)}</span> ${count}
  </button>`;
}

function opener(/** @type {Event} */ event) {
  return /** @type {HTMLElement} */ (event.currentTarget);
}
