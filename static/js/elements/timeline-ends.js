// @ts-check
/**
 * What stands at the ends of the timeline: the beginning, and the ways to what is out of sight.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, ngettext } from "../language.js";
import { icon, skeleton } from "../view/pieces.js";
import { sentence } from "../view/sentence.js";
import { countText } from "../view/words.js";

/** Above the first row: that more is coming, that it could not come, or where the room begins. */
export function timelineHead(/** @type {ChatClient} */ client) {
  const { room, timeline, windows } = client;
  if (!room || !timeline) return nothing;
  if (windows.historyState === "failed" && !timeline.atStart) {
    return html`<p class="timeline__head">
      ${gettext("Earlier messages could not be loaded.")}
      <button type="button" class="link" @click=${() => windows.retry()}>${gettext("Try again")}</button>
    </p>`;
  }
  if (windows.historyState === "loading" && !timeline.atStart) {
    return skeleton(gettext("Loading earlier messages…"));
  }
  return timeline.atStart && timeline.high <= room.lastSeq ? beginning(client, room) : nothing;
}

/**
 * @param {ChatClient} client
 * @param {import("../state/room.js").RoomState} room
 */
function beginning({ moderates, readOnly, urls }, room) {
  const isDirect = room.kind === "direct";
  const name = html`<bdi>${room.name}</bdi>`;
  const canInvite = !isDirect && moderates && !readOnly;
  return html`<div class="timeline__beginning">
    <h2>${isDirect ? name : sentence(gettext("Welcome to {room}"), { room: name })}</h2>
    <p>
      ${isDirect
        ? gettext("This is the beginning of your conversation. Nobody else can read it.")
        : room.topic
          ? html`<bdi>${room.topic}</bdi>`
          : gettext("This is where the room begins. Say hello.")}
    </p>
    ${canInvite
      ? html`<a class="button button--quiet button--small" href="${urls.rooms}${room.slug}/settings/"
          >${icon("user-plus")} ${gettext("Invite somebody")}</a
        >`
      : nothing}
  </div>`;
}

/** The way down, with how much is new there. */
export function newerPill(/** @type {ChatClient} */ { room, timeline, windows }) {
  if (!timeline || timeline.following) return nothing;
  const count = room?.unread.count ?? 0;
  const text =
    count > 0 ? ngettext("{n} new", "{n} new", count, { n: countText(count) }) : gettext("Newest");
  return html`<button type="button" class="timeline__pill" @click=${() => windows.goTo(null)}>
    ${icon("arrow-down")} ${text}
  </button>`;
}

/** The way up to the unread line. */
export function earlierPill(/** @type {ChatClient} */ { timeline, reading, windows }) {
  const { line } = reading;
  if (!timeline || line === null || line >= timeline.low) return nothing;
  return html`<button
    type="button"
    class="timeline__pill timeline__pill--earlier"
    @click=${() => windows.goTo(line)}
  >
    ${icon("arrow-up")} ${gettext("First unread")}
  </button>`;
}
