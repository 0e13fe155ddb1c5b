// @ts-check
/** @typedef {import("../client/composing.js").Scheduled} Scheduled */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { fullTime } from "../view/dates.js";
import { icon } from "../view/pieces.js";
import { SidePanel } from "./side-panel.js";

/** What this member wrote for later: to change, to cancel, or to try again where it failed. */
export class ScheduledPanel extends SidePanel {
  static topics = ["scheduled", "rooms"];

  get heading() {
    return gettext("Scheduled messages");
  }

  body() {
    const rows = this.client.composing.scheduled;
    if (rows.length === 0) {
      return html`<p class="side-panel__note">
        ${gettext("Nothing is scheduled. Write a message and choose “Send later”, or begin it with /schedule.")}
      </p>`;
    }
    return html`<ul class="side-panel__scroller" role="list">
      ${rows.map((row) => this.#row(row))}
    </ul>`;
  }

  #row(/** @type {Scheduled} */ row) {
    const room = this.client.store.rooms.get(row.room);
    const isFailed = row.state === "failed";
    const due = new Date(row.due_at);
    return html`<li class="listed" data-scheduled=${row.id} data-state=${row.state}>
      <p class="listed__above">
        ${room ? html`<bdi>${room.name}</bdi>` : gettext("A room you are not in")}
      </p>
      <p class="listed__head">
        ${icon(isFailed ? "circle-alert" : "clock")}
        <time datetime=${row.due_at}>${fullTime(due)}</time>
        ${row.state === "sending" ? gettext("is being sent") : nothing}
      </p>
      <p class="scheduled__text" dir="auto">${row.body}</p>
      ${isFailed ? html`<p class="scheduled__failure">
            ${gettext("Not sent. {why}", { why: row.failure })}
          </p>` : nothing}
      <p class="listed__below">
        ${row.state === "sending" ? nothing : this.#acts(row, isFailed)}
      </p>
    </li>`;
  }

  #acts(/** @type {Scheduled} */ row, /** @type {boolean} */ isFailed) {
    const { composing } = this.client;
    return html`
      ${isFailed
        ? html`<button
            type="button"
            class="link"
            @click=${() => this.#run(composing.reschedule(row.id, { body: row.body }))}
          >
            ${gettext("Try again")}
          </button>`
        : nothing}
      <button type="button" class="link" @click=${() => this.#change(row)}>
        ${gettext("Change")}
      </button>
      <button type="button" class="link" @click=${() => this.#run(composing.cancel(row.id))}>
        ${isFailed ? gettext("Delete") : gettext("Cancel")}
      </button>
    `;
  }

  async #change(/** @type {Scheduled} */ row) {
    const { askChange } = await import("./schedule-dialog.js");
    await askChange(this.client, row);
  }

  async #run(/** @type {Promise<unknown>} */ act) {
    try {
      await act;
    } catch (error) {
      this.client.refused(error);
    }
  }
}

customElements.define("scheduled-panel", ScheduledPanel);
