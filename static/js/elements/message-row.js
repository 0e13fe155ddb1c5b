// @ts-check
/**
 * How one message is drawn.
 *
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/outbox.js").Entry} Entry
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {Message & {entry?: Entry}} Shown a stored message, or one on its way
 *
 * @typedef {object} Acts What the timeline does when something on a message is pressed.
 * @property {(message: Shown) => void} reply
 * @property {(message: Shown, opener: HTMLElement) => void} pickReaction
 * @property {(message: Shown) => void} remove
 * @property {(seq: number) => void} jump
 *
 * @typedef {object} RowView
 * @property {ChatClient} client
 * @property {Acts} acts
 * @property {boolean} continues the author was named above
 * @property {boolean} isActive pointed at or in focus
 * @property {boolean} isStop the one row where the Tab key stops; what is in the others is passed
 * @property {string} key
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { briefTime, fullTime, timeOfDay } from "../view/dates.js";
import { avatar, icon } from "../view/pieces.js";
import { serverHtml } from "../view/server-html.js";
import { listNames, reason } from "../view/words.js";
import "./message-editor.js";

const NAMES_TOLD = 12; // names of those who reacted

/**
 * A message on its way, in the shape of a stored one.
 * @param {Entry} entry
 * @param {number} seq
 * @returns {Shown}
 */
export function onItsWay(entry, seq) {
  return {
    id: 0,
    room: entry.room,
    seq,
    version: 0,
    author: entry.user,
    client_id: entry.client_id,
    body: entry.body,
    html: "",
    created_at: entry.written_at,
    edited_at: null,
    deleted: false,
    reply_to: entry.reply_to,
    thread: null,
    pinned: false,
    mentions: [],
    attachments: [],
    reactions: [],
    entry,
  };
}

/**
 * @param {Shown} message
 * @param {RowView} view
 */
export function messageRow(message, view) {
  const { client, continues, key, isActive, isStop } = view;
  const author = client.person(message.author);
  const date = new Date(message.created_at);
  return html`
    <article
      class="message"
      data-key=${key}
      data-seq=${message.entry ? nothing : message.seq}
      data-state=${message.entry?.state ?? nothing}
      ?data-continues=${continues}
      ?data-active=${isActive}
      ?data-calls=${message.mentions.includes(client.me.id)}
      tabindex=${isStop ? 0 : -1}
      aria-label="${author.name}, ${timeOfDay(date)}"
    >
      <div class="message__side">
        ${continues ? time(date, briefTime(date)) : avatar(author)}
      </div>
      <div class="message__main">
        ${continues
          ? nothing
          : html`<header class="message__head">
              <strong class="message__author">${author.name}</strong
              >${time(date, timeOfDay(date))}
            </header>`}
        ${message.reply_to === null ? nothing : quote(message, view)} ${content(message, view)}
        ${reactions(message, view)} ${message.entry ? progress(message.entry, client) : nothing}
      </div>
      ${isActive && !isEdited(message, client) ? toolbar(message, view) : nothing}
    </article>
  `;
}

/**
 * @param {Date} date
 * @param {string} text
 */
function time(date, text) {
  return html`<time datetime=${date.toISOString()} title=${fullTime(date)}>${text}</time>`;
}

/**
 * @param {Shown} message
 * @param {ChatClient} client
 */
function isEdited(message, client) {
  const { editing } = client;
  if (!editing) return false;
  if ("entry" in editing) return message.entry?.client_id === editing.entry;
  return !message.entry && message.id === editing.message;
}

/**
 * @param {Shown} message
 * @param {RowView} view
 */
function content(message, { client }) {
  // First of all the editor: what is typed in it outlives the message.
  if (isEdited(message, client)) return editor(message, client);
  if (message.deleted) {
    return html`<p class="message__gone">${icon("trash-2")} This message was deleted.</p>`;
  }
  if (message.entry) return html`<p class="message__plain" dir="auto">${message.body}</p>`;
  return html`<div class="message__body" dir="auto">${serverHtml(message)}</div>
    ${message.edited_at
      ? html`<small class="message__edited" title=${fullTime(new Date(message.edited_at))}
          >edited</small
        >`
      : nothing}`;
}

/**
 * @param {Shown} message
 * @param {ChatClient} client
 */
function editor(message, client) {
  const { entry } = message;
  const save = (/** @type {string} */ text) =>
    entry ? client.outbox.resend(entry.client_id, text) : client.edit(message.id, text);
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
  const target = client.room?.byId.get(/** @type {number} */ (message.reply_to));
  if (!target) return html`<p class="message__quote">${icon("reply")} An earlier message</p>`;
  return html`
    <button
      type="button"
      class="message__quote"
      tabindex=${isStop ? 0 : -1}
      @click=${() => acts.jump(target.seq)}
    >
      ${icon("reply")}<strong>${client.person(target.author).name}</strong>
      <span>${target.deleted ? "deleted message" : target.body}</span>
    </button>
  `;
}

/**
 * @param {Shown} message
 * @param {RowView} view
 */
function reactions(message, { client, acts, isStop }) {
  const shown = client.reactionsOf(message);
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
        @click=${() => client.react(message, emoji)}
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

/**
 * @param {Entry} entry
 * @param {ChatClient} client
 */
function progress(entry, client) {
  if (entry.state === "refused") return refused(entry, client);
  if (entry.state === "stored") return nothing;
  const isSlowed = client.outbox.waitingIn(entry.room)?.code === "slow_mode";
  const isApart = client.session.state !== "open";
  const why = isApart ? "Waits for a connection" : isSlowed ? "Slow mode: waits its turn" : "Sending…";
  return html`<small class="message__progress">${icon("clock")} ${why}</small>`;
}

/**
 * @param {Entry} entry
 * @param {ChatClient} client
 */
function refused(entry, client) {
  const { client_id: id, body, refusal } = entry;
  return html`<div class="message__refused" role="alert">
    <p>${icon("circle-alert")} <span>Not sent. ${refusal ? reason(refusal) : nothing}</span></p>
    <p>
      <button type="button" class="link" @click=${() => client.startEditing({ entry: id })}>
        Edit
      </button>
      <button type="button" class="link" @click=${() => client.outbox.resend(id, body)}>
        Send again
      </button>
      <button type="button" class="link" @click=${() => client.outbox.discard(id)}>Discard</button>
    </p>
  </div>`;
}

/**
 * @param {Shown} message
 * @param {RowView} view
 */
function toolbar(message, { client, acts }) {
  const isOwn = message.author === client.me.id;
  if (message.entry || message.deleted || client.readOnly) return nothing;
  return html`
    <div class="message__tools" role="toolbar" aria-label="Message">
      ${tool("smile-plus", "React", (event) =>
        acts.pickReaction(message, /** @type {HTMLElement} */ (event.currentTarget)),
      )}
      ${tool("reply", "Reply", () => acts.reply(message))}
      ${isOwn
        ? tool("pencil", "Edit", () => client.startEditing({ message: message.id }))
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
