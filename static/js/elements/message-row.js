// @ts-check
/**
 * How one message is drawn.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {import("./message-progress.js").Shown} Shown a stored message, or one on its way
 *
 * @typedef {import("./message-acts.js").Acts} Acts
 *
 * @typedef {object} RowView
 * @property {ChatClient} client
 * @property {Acts} acts
 * @property {boolean} continues the author was named above
 * @property {boolean} isActive pointed at or in focus
 * @property {boolean} isStop the one row where the Tab key stops, or something in it
 * @property {string} key
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../language.js";
import { briefTime, fullTime, timeOfDay, timeOrDay } from "../view/dates.js";
import { avatar, icon } from "../view/pieces.js";
import { sentence } from "../view/sentence.js";
import { serverHtml } from "../view/server-html.js";
import { messageProgress } from "./message-progress.js";
import { messageReactions } from "./message-reactions.js";
import { messageThread } from "./message-thread.js";
import { messageTools } from "./message-tools.js";

/**
 * @param {Shown} message
 * @param {RowView} view
 */
export function messageRow(message, view) {
  const { client, continues, key, isActive, isStop } = view;
  const author = client.person(message.author);
  const date = new Date(message.created_at);
  // The row itself comes first; what is in it, once one is there.
  const within = { ...view, isStop: isStop && isActive };
  return html`
    <article
      class="message"
      data-key=${key}
      data-seq=${message.entry ? nothing : message.seq}
      data-state=${message.entry?.state ?? nothing}
      ?data-continues=${continues}
      ?data-active=${isActive}
      ?data-calls=${callsMe(message, client)}
      tabindex=${isStop ? 0 : -1}
      aria-label=${gettext("{name}, {time}", { name: author.name, time: timeOfDay(date) })}
    >
      <div class="message__side">
        ${continues
          ? time(message, within, briefTime(date))
          : html`<button
              type="button"
              class="message__face"
              data-person=${message.author}
              tabindex="-1"
              aria-hidden="true"
            >
              ${avatar(author)}
            </button>`}
      </div>
      <div class="message__main">
        ${continues
          ? nothing
          : html`<header class="message__head">
              <button
                type="button"
                class="message__author"
                data-person=${message.author}
                tabindex=${within.isStop ? 0 : -1}
                dir="auto"
              >
                ${author.name}</button
              >${time(message, within, timeOfDay(date))}
              ${message.pinned ? html`<span title=${gettext("Pinned")}>${icon("pin")}</span>` : nothing}
            </header>`}
        ${message.reply_to === null ? nothing : quote(message, within)}
        ${message.forwarded ? origin(message.forwarded, within) : nothing} ${content(message, within)}
        ${messageReactions(message, within)} ${messageThread(message, within)}
        ${message.entry ? messageProgress(message.entry, client) : nothing}
      </div>
      ${isActive && !isEdited(message, client) ? messageTools(message, view) : nothing}
    </article>
  `;
}

/**
 * All that makes a row look as it does, as far as it changes while its room stays as it is: a row
 * with the same needs no drawing. Null for one that must be drawn each time.
 * @param {Shown} message
 * @param {RowView} view
 */
export function drawnFrom(message, { client, continues, isActive, isStop }) {
  const { removals } = client.messages;
  if (message.entry || message.poll || isEdited(message, client)) return null;
  return [
    message,
    continues,
    isActive,
    isStop,
    removals.has(message),
    removals.canKeep(message.id),
    client.messages.reactionsOf(message),
    message.reply_to === null ? null : client.quotes.of(message.reply_to),
    callsMe(message, client),
    client.readOnly,
    client.moderates,
  ];
}

/**
 * Whether a message mentions this member, or calls them with others.
 * @param {Shown} message
 * @param {ChatClient} client
 */
export function callsMe(message, { me, store }) {
  if (message.mentions.includes(me.id)) return true;
  const isOwn = message.author === me.id;
  return !isOwn && (store.rooms.get(message.room)?.unread.calls(message) ?? false);
}

/**
 * The time, which is the link to the message once it has a place in the room.
 * @param {Shown} message
 * @param {RowView} view
 * @param {string} text
 */
function time(message, { client, isStop }, text) {
  const date = new Date(message.created_at);
  const shown = html`<time datetime=${date.toISOString()} title=${fullTime(date)}>${text}</time>`;
  if (message.entry || !client.room) return shown;
  return html`<a
    class="message__link"
    href="${client.urls.rooms}${client.room.slug}/${message.seq}/"
    tabindex=${isStop ? 0 : -1}
    >${shown}</a
  >`;
}

/**
 * @param {Shown} message
 * @param {ChatClient} client
 */
function isEdited(message, client) {
  const { editing } = client.writing;
  if (!editing) return false;
  if ("entry" in editing) return message.entry?.client_id === editing.entry;
  return !message.entry && message.id === editing.message;
}

/**
 * @param {Shown} message
 * @param {RowView} view
 */
function content(message, { client, acts, isStop }) {
  // First of all the editor: what is typed in it outlives the message.
  if (isEdited(message, client)) return editor(message, client);
  if (message.deleted || client.messages.removals.has(message)) return gone(message, client);
  if (message.entry) return html`<p class="message__plain" dir="auto">${message.body}</p>`;
  return html`<div class="message__body" dir="auto">${action(message, client)}${serverHtml(message)}</div>
    ${message.poll ? poll(message, client) : nothing}
    ${message.edited_at
      ? html`<button
          type="button"
          class="message__edited"
          tabindex=${isStop ? 0 : -1}
          title=${gettext("{time}: see what it said before", {
            time: fullTime(new Date(message.edited_at)),
          })}
          @click=${() => acts.showEdits(message)}
        >
          ${gettext("edited")}
        </button>`
      : nothing}`;
}

/**
 * A tombstone; for a moment one's own deletion can be thought better of.
 * @param {Shown} message
 * @param {ChatClient} client
 */
function gone(message, client) {
  const { removals } = client.messages;
  return html`<p class="message__gone">
    ${icon("trash-2")}<span>${gettext("This message was deleted.")}</span>
    ${!message.deleted && removals.canKeep(message.id)
      ? html`<button type="button" class="link" @click=${() => removals.keep(message.id)}>
          ${gettext("Undo")}
        </button>`
      : nothing}
  </p>`;
}

/**
 * Whose message it was that was passed on; with the way there, if everybody may go it.
 * @param {import("../state/types.js").Forwarded} from
 * @param {RowView} view
 */
function origin({ name, at, slug, seq, room_name: room }, { client, isStop }) {
  const when = timeOrDay(new Date(at));
  const whose = html`<strong dir="auto">${name}</strong>`;
  const place = () =>
    html`<a href="${client.urls.rooms}${slug}/${seq}" tabindex=${isStop ? 0 : -1}
      >${gettext("{room}, {time}", { room: room ?? "", time: when })}</a
    >`;
  return html`<p class="message__origin">
    ${icon("corner-down-right")}
    <span
      >${slug
        ? sentence(gettext("Forwarded from {name}, {place}"), { name: whose, place: place() })
        : sentence(gettext("Forwarded from {name}, {time}"), { name: whose, time: when })}</span
    >
  </p>`;
}

/**
 * What somebody does, as `/me` tells it, begins with who does it.
 * @param {Shown} message
 * @param {ChatClient} client
 */
function action(message, client) {
  const isAction = message.html.startsWith('<p class="action">');
  return isAction ? html`<strong>${client.person(message.author).name}</strong> ` : nothing;
}

/**
 * @param {Shown} message
 * @param {ChatClient} client
 */
function poll(message, client) {
  if (!isHere("message-poll", () => import("./message-poll.js"), client)) return nothing;
  return html`<message-poll .client=${client} .message=${message}></message-poll>`;
}

/**
 * Whether a part of some messages is here to be drawn; if not, it is loaded and the row drawn again.
 * @param {string} name
 * @param {() => Promise<unknown>} load
 * @param {ChatClient} client
 */
function isHere(name, load, client) {
  const isDefined = customElements.get(name) !== undefined;
  if (!isDefined) void load().then(() => client.tell("timeline"));
  return isDefined;
}

/**
 * @param {Shown} message
 * @param {ChatClient} client
 */
function editor(message, client) {
  const { entry } = message;
  if (!isHere("message-editor", () => import("./message-editor.js"), client)) return nothing;
  const save = (/** @type {string} */ text) =>
    entry ? client.outbox.resend(entry.client_id, text) : client.messages.edit(message.id, text);
  return html`<message-editor
    .client=${client}
    .text=${message.body}
    .save=${save}
  ></message-editor>`;
}

/**
 * @param {Shown} message
 * @param {RowView} view
 */
function quote(message, { client, acts, isStop }) {
  const id = /** @type {number} */ (message.reply_to);
  const target = client.quotes.of(id);
  return html`
    <button
      type="button"
      class="message__quote"
      tabindex=${isStop ? 0 : -1}
      @click=${() => acts.goTo(id)}
    >
      ${icon("reply")}
      ${target
        ? html`<strong>${client.person(target.author).name}</strong>
            <span dir="auto">${target.deleted ? gettext("deleted message") : target.body}</span>`
        : html`<span>${gettext("An earlier message")}</span>`}
    </button>
  `;
}
