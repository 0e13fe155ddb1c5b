// @ts-check
/**
 * @typedef {import("../state/room.js").RoomState} RoomState
 * @typedef {import("../state/types.js").Person} Person
 *
 * @typedef {object} Report
 * @property {number} id
 * @property {number} user
 * @property {number | null} message
 * @property {string} reason
 * @property {string} note
 * @property {string} said
 * @property {string} created_at
 * @property {number | null} assignee
 * @property {number | null} seq
 *
 * @typedef {object} Sanction
 * @property {number} id
 * @property {string} kind mute or ban
 * @property {Person} user
 * @property {string | null} until
 * @property {string} reason
 * @property {Person | null} by
 * @property {string} appeal
 * @property {string | null} answered_at
 *
 * @typedef {object} Held A message that a filter keeps until somebody decides.
 * @property {number} id
 * @property {Person} author
 * @property {string} body
 * @property {string} held_at
 * @property {string | null} filter
 *
 * @typedef {import("./moderation-trail.js").Entry} Entry
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { gettext, language } from "../all-words.js";
import { fullTime, timeOrDay } from "../view/dates.js";
import { avatar, icon } from "../view/pieces.js";
import { sanctionText } from "../view/sanctions.js";
import { spanInWords } from "../view/until.js";
import { askDecision, askReject } from "./decision-dialogs.js";
import { askDelete } from "./deletion-dialogs.js";
import { trailEntry } from "./moderation-trail.js";
import { REASONS } from "./report-dialog.js";
import { askArchive, askLock, askReadOnly, askSlowMode } from "./room-dialogs.js";
import { askBan, askLift, askMute, askTurnDown } from "./sanction-dialogs.js";
import { SidePanel } from "./side-panel.js";

const REASON_WORDS = new Map(REASONS);
const TRAIL_PAGE = 50; // entries that the server gives at a time

/** What there is to look after in the open room, for its owners and moderators: true at any time. */
export class ModerationPanel extends SidePanel {
  static topics = ["room", "rooms", "members"];
  /** @type {Report[] | null} */
  #reports = null;
  /** @type {Held[] | null} */
  #held = null;
  /** @type {Sanction[] | null} */
  #sanctions = null;
  /** @type {Entry[] | null} null until somebody looks */
  #trail = null;
  #hasMore = false;
  #failed = false;

  get heading() {
    return gettext("Moderation");
  }

  entered() {
    super.entered();
    const changed = (/** @type {number} */ room) => {
      if (room === this.about) void this.#load();
    };
    this.client.on("moderation", changed, this.ended);
    void this.#load();
  }

  body() {
    const { room } = this.client;
    if (!room || !this.client.moderates) {
      return html`<p class="side-panel__note">${gettext("You do not look after this room.")}</p>`;
    }
    if (this.#failed) {
      return html`<p class="side-panel__note">
        ${gettext("This could not be loaded.")}
        <button type="button" class="link" @click=${() => this.#load()}>${gettext("Try again")}</button>
      </p>`;
    }
    return html`<div class="side-panel__scroller moderation">
      ${this.#section(
        gettext("Reports"),
        this.#reports,
        gettext("Nothing has been reported."),
        (report) => this.#report(report),
      )}
      ${this.#section(
        gettext("Held messages"),
        this.#held,
        gettext("No message waits for you."),
        (held) => this.#heldMessage(held),
      )}
      ${this.#section(
        gettext("Muted and banned"),
        this.#sanctions,
        gettext("Nobody is muted or banned."),
        (sanction) => this.#sanction(sanction),
      )}
      ${this.#settings(room)}
      <details class="moderation__section" @toggle=${this.#unfolded}>
        <summary>${gettext("What was done")}</summary>
        ${this.#done()}
      </details>
    </div>`;
  }

  /**
   * @template {{id: number}} Row
   * @param {string} title
   * @param {Row[] | null} rows
   * @param {string} empty
   * @param {(row: Row) => unknown} draw
   */
  #section(title, rows, empty, draw) {
    return html`<section class="moderation__section" aria-label=${title}>
      <h3>${title} ${rows?.length ? html`<span>${rows.length.toLocaleString(language)}</span>` : nothing}</h3>
      ${rows === null
        ? html`<p class="moderation__quiet" role="status">${gettext("Loading…")}</p>`
        : rows.length === 0
          ? html`<p class="moderation__quiet">${empty}</p>`
          : html`<ul role="list">
              ${repeat(rows, (row) => row.id, draw)}
            </ul>`}
    </section>`;
  }

  #report(/** @type {Report} */ report) {
    const { client } = this;
    const { user, message, reason, note, said, created_at: at, assignee, seq } = report;
    const { name } = client.person(user);
    const room = /** @type {number} */ (this.about);
    return html`<li class="moderation__item" data-report=${report.id}>
      <p>
        <strong dir="auto">${name}</strong> · ${REASON_WORDS.get(/** @type {any} */ (reason)) ?? reason}
        <time datetime=${at} title=${fullTime(new Date(at))}>${timeOrDay(new Date(at))}</time>
      </p>
      <blockquote dir="auto">${said}</blockquote>
      ${note ? html`<p dir="auto"><q>${note}</q></p>` : nothing}
      ${assignee === null
        ? nothing
        : html`<p class="moderation__quiet">${
            assignee === client.me.id
              ? gettext("You see to it.")
              : gettext("{name} sees to it.", { name: client.person(assignee).name })
          }</p>`}
      <p class="moderation__acts">
        ${seq === null
          ? nothing
          : html`<a class="link" href=${this.#place(seq)}
              >${gettext("Show in the room")}</a
            >`}
        ${assignee === client.me.id
          ? nothing
          : act(gettext("I see to it"), () => this.#take(report))}
        ${message !== null && !client.room?.byId.get(message)?.deleted
          ? act(gettext("Delete the message"), () => askDelete(client, { id: message, author: user }))
          : nothing}
        ${act(gettext("Mute"), () => askMute(client, room, user))}
        ${act(gettext("Ban"), () => askBan(client, room, user))}
      </p>
      <p class="moderation__acts">
        ${act(gettext("Resolve"), () => askDecision(client, report, "resolved"))}
        ${act(gettext("Dismiss"), () => askDecision(client, report, "dismissed"))}
        ${act(gettext("Escalate"), () => askDecision(client, report, "escalated"))}
      </p>
    </li>`;
  }

  #heldMessage(/** @type {Held} */ held) {
    const { author, body, held_at: at, filter } = held;
    const date = new Date(at);
    return html`<li class="moderation__item" data-held=${held.id}>
      <p>
        <strong dir="auto">${author.name}</strong>
        <time datetime=${at} title=${fullTime(date)}>${timeOrDay(date)}</time>
      </p>
      <blockquote dir="auto">${body}</blockquote>
      ${filter
        ? html`<p class="moderation__quiet">${gettext("Held by the filter {filter}.", { filter })}</p>`
        : nothing}
      <p class="moderation__acts">
        ${act(gettext("Release"), () => this.#release(held))}
        ${act(gettext("Reject"), () => askReject(this.client, held))}
      </p>
    </li>`;
  }

  #sanction(/** @type {Sanction} */ sanction) {
    const { client } = this;
    const { kind, user, reason, by, appeal, answered_at: answered } = sanction;
    return html`<li class="moderation__item" data-sanction=${sanction.id}>
      <p class="moderation__who">
        ${avatar(user, "small")} <strong dir="auto">${user.name}</strong>
        ${icon(kind === "mute" ? "volume-x" : "ban")}
      </p>
      <p>${sanctionText(sanction)}</p>
      ${reason ? html`<p dir="auto"><q>${reason}</q></p>` : nothing}
      ${by
        ? html`<p class="moderation__quiet">${gettext("By {name}", { name: by.name })}</p>`
        : nothing}
      ${appeal
        ? html`<div class="moderation__appeal">
            <p>${answered ? gettext("The appeal was turned down:") : gettext("They appeal:")}</p>
            <blockquote dir="auto">${appeal}</blockquote>
          </div>`
        : nothing}
      <p class="moderation__acts">
        ${act(gettext("Lift"), () => askLift(client, sanction))}
        ${appeal && !answered
          ? act(gettext("Turn down"), () => askTurnDown(client, sanction))
          : nothing}
      </p>
    </li>`;
  }

  #settings(/** @type {RoomState} */ room) {
    const { client } = this;
    const isOwner = room.role === "owner" || client.me.moderator;
    return html`<section class="moderation__section" aria-label=${gettext("The room")}>
      <h3>${gettext("The room")}</h3>
      <ul role="list" class="moderation__settings">
        ${setting(
          room.slowMode
            ? gettext("Slow mode: {pause}", { pause: spanInWords(room.slowMode) })
            : gettext("Slow mode: off"),
          gettext("Change"),
          () => askSlowMode(client, room),
        )}
        ${setting(
          room.writers === "stewards"
            ? gettext("Read-only: owners and moderators write")
            : gettext("All members write"),
          room.writers === "stewards" ? gettext("Let all write") : gettext("Make read-only"),
          () => askReadOnly(client, room),
        )}
        ${setting(
          room.locked ? gettext("Locked: nobody writes") : gettext("Not locked"),
          room.locked ? gettext("Unlock") : gettext("Lock"),
          () => askLock(client, room),
        )}
        ${isOwner
          ? setting(
              room.archived ? gettext("Archived") : gettext("Not archived"),
              room.archived ? gettext("Bring back") : gettext("Archive"),
              () => askArchive(client, room),
            )
          : nothing}
      </ul>
    </section>`;
  }

  #done() {
    const entries = this.#trail;
    if (!entries) return html`<p class="moderation__quiet" role="status">${gettext("Loading…")}</p>`;
    if (entries.length === 0) return html`<p class="moderation__quiet">${gettext("Nothing yet.")}</p>`;
    return html`<ol role="list" class="moderation__trail">
        ${repeat(
          entries,
          (entry) => entry.id,
          (entry) => trailEntry(entry, (seq) => this.#place(seq)),
        )}
      </ol>
      ${this.#hasMore ? act(gettext("Show older"), () => this.#older()) : nothing}`;
  }

  #place(/** @type {number} */ seq) {
    return `${this.client.urls.rooms}${this.client.room?.slug ?? ""}/${seq}`;
  }

  // What is read

  async #load() {
    const { api } = this.client;
    try {
      const path = `rooms/${this.about}`;
      const [{ reports }, { held }, { sanctions }] = await Promise.all([
        api.read(`${path}/reports`),
        api.read(`${path}/held`),
        api.read(`${path}/sanctions`),
      ]);
      this.#reports = reports;
      this.#held = held;
      this.#sanctions = sanctions;
      if (this.#trail) await this.#newest();
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
    if (this.isConnected) this.paint();
  }

  async #unfolded(/** @type {Event} */ event) {
    const { open } = /** @type {HTMLDetailsElement} */ (event.target);
    if (!open) this.#trail = null;
    else if (!this.#trail) await this.#attempt(() => this.#newest());
  }

  async #newest() {
    this.#trail = await this.#entries("");
    this.#hasMore = this.#trail.length === TRAIL_PAGE;
  }

  async #older() {
    await this.#attempt(async () => {
      const trail = this.#trail ?? [];
      const older = await this.#entries(`?before=${trail.at(-1)?.id}`);
      this.#trail = [...trail, ...older];
      this.#hasMore = older.length === TRAIL_PAGE;
    });
  }

  /** @returns {Promise<Entry[]>} */
  async #entries(/** @type {string} */ query) {
    return (await this.client.api.read(`rooms/${this.about}/audit${query}`)).entries;
  }

  async #take(/** @type {Report} */ { id }) {
    await this.#attempt(() => this.client.api.change("PATCH", `reports/${id}`, { status: "taken" }));
  }

  async #release(/** @type {Held} */ { id }) {
    await this.#attempt(() => this.client.api.post(`held/${id}/release`, { reason: "" }));
  }

  /** What is refused is told in passing. */
  async #attempt(/** @type {() => Promise<unknown>} */ what) {
    try {
      await what();
    } catch (error) {
      this.client.refused(error);
    }
    if (this.isConnected) this.paint();
  }
}

/**
 * @param {string} words
 * @param {() => unknown} what
 */
function act(words, what) {
  return html`<button type="button" class="link" @click=${what}>${words}</button>`;
}

/**
 * @param {string} words how it is
 * @param {string} verb what changes it
 * @param {() => unknown} what
 */
function setting(words, verb, what) {
  return html`<li>
    <span>${words}</span>
    <button type="button" class="button button--quiet button--small" @click=${what}>${verb}</button>
  </li>`;
}

customElements.define("moderation-panel", ModerationPanel);
