// @ts-check
/**
 * Messages as lists outside the timeline show them: who, when, what, and a way to where it stands.
 *
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").Person} Person
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { fullTime, timeOrDay } from "../view/dates.js";
import { avatar, skeleton } from "../view/pieces.js";
import { serverHtml } from "../view/server-html.js";

/**
 * @param {object} row
 * @param {Message} row.message
 * @param {Person} row.author
 * @param {unknown} [row.above] what stands above it: where it is from
 * @param {unknown} [row.below] what can be done with it
 */
export function listedMessage({ message, author, above = nothing, below = nothing }) {
  const date = new Date(message.created_at);
  return html`<li class="listed" data-message=${message.id}>
    ${above === nothing ? nothing : html`<p class="listed__above">${above}</p>`}
    <p class="listed__head">
      ${avatar(author, "small")} <strong dir="auto">${author.name}</strong>
      <time datetime=${date.toISOString()} title=${fullTime(date)}>${timeOrDay(date)}</time>
    </p>
    ${message.deleted
      ? html`<p class="message__gone">${gettext("This message was deleted.")}</p>`
      : html`<div class="message__body listed__body" dir="auto">${serverHtml(message)}</div>`}
    ${below === nothing ? nothing : html`<p class="listed__below">${below}</p>`}
  </li>`;
}

/** What the way to a message is called: a reply in a thread opens beside the room. */
export function wayTo(/** @type {Message} */ { thread, in_room: inRoom }) {
  return thread !== null && !inRoom ? gettext("Show in the thread") : gettext("Show in the room");
}

/**
 * A list that is read from the server when its panel opens.
 * @template Row
 * @param {object} list
 * @param {Row[] | null} list.rows null while they are read
 * @param {boolean} list.failed
 * @param {() => void} list.retry
 * @param {string} list.empty what is said where there is nothing
 * @param {(row: Row) => unknown} list.draw
 */
export function messageList({ rows, failed, retry, empty, draw }) {
  if (failed) {
    return html`<p class="side-panel__note">
      ${gettext("This could not be loaded.")}
      <button type="button" class="link" @click=${retry}>${gettext("Try again")}</button>
    </p>`;
  }
  if (!rows) return skeleton(gettext("Loading…"));
  if (rows.length === 0) return html`<p class="side-panel__note">${empty}</p>`;
  return html`<ul class="side-panel__scroller" role="list">
    ${rows.map((row) => draw(row))}
  </ul>`;
}
