// @ts-check
/**
 * What is told of a message on its way: that it waits, and why; or why it was refused.
 *
 * @typedef {import("../state/outbox.js").Entry} Entry
 * @typedef {import("../state/types.js").Message & {entry?: Entry}} Shown a message, stored or not
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../language.js";
import { icon } from "../view/pieces.js";
import { reason } from "../view/words.js";

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
    thread: entry.thread ?? null,
    in_room: entry.in_room ?? false,
    pinned: false,
    mentions: [],
    attachments: [],
    reactions: [],
    entry,
  };
}

/**
 * @param {Entry} entry
 * @param {ChatClient} client
 */
export function messageProgress(entry, client) {
  if (entry.state === "refused") return refused(entry, client);
  if (entry.state === "stored") return nothing;
  const isSlowed = client.outbox.waitingIn(entry.room)?.code === "slow_mode";
  const isApart = client.session.state !== "open";
  const why = isApart
    ? gettext("Waits for a connection")
    : isSlowed
      ? gettext("Slow mode: waits its turn")
      : gettext("Sending…");
  return html`<small class="message__progress">${icon("clock")} ${why}</small>`;
}

/**
 * @param {Entry} entry
 * @param {ChatClient} client
 */
function refused(entry, client) {
  const { client_id: id, body, refusal } = entry;
  const discard = html`<button type="button" class="link" @click=${() => client.outbox.discard(id)}>
    ${gettext("Discard")}
  </button>`;
  if (refusal?.held) {
    return html`<div class="message__refused" data-held role="status">
      <p>${icon("clock")} <span>${reason(refusal)}</span></p>
      <p>${discard}</p>
    </div>`;
  }
  const notSent = refusal ? gettext("Not sent. {why}", { why: reason(refusal) }) : gettext("Not sent.");
  return html`<div class="message__refused" role="alert">
    <p>${icon("circle-alert")} <span>${notSent}</span></p>
    <p>
      <button type="button" class="link" @click=${() => client.writing.edit({ entry: id })}>
        ${gettext("Edit")}
      </button>
      <button type="button" class="link" @click=${() => client.outbox.resend(id, body)}>
        ${gettext("Send again")}
      </button>
      ${discard}
    </p>
  </div>`;
}
