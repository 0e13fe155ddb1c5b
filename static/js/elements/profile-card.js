// @ts-check
/**
 * @typedef {object} Profile What the server shows of a member.
 * @property {number} id
 * @property {string} username
 * @property {string} name
 * @property {string | null} avatar
 * @property {string} status
 * @property {string} status_emoji
 * @property {string | null} status_until
 * @property {string | null} dnd_until
 * @property {string} time_zone
 * @property {"online" | "away" | "offline"} presence
 * @property {string | null} last_seen
 * @property {boolean} blocked
 *
 * @typedef {import("./moderation-panel.js").Sanction} Sanction
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, language } from "../all-words.js";
import { Lost } from "../session/refusal.js";
import { avatar, icon, presenceDot } from "../view/pieces.js";
import { statusOf } from "../view/status.js";
import { sanctionText } from "../view/sanctions.js";
import { agoInWords, ahead, inWords } from "../view/until.js";
import { ChatElement, put } from "./element.js";
import { memberActs, mayModerate } from "./member-acts.js";
import { askLift } from "./sanction-dialogs.js";
import { align, popUp } from "./popup.js";
import { reportMember } from "./report-dialog.js";

const PRESENCE = { online: gettext("Online"), away: gettext("Away"), offline: gettext("Offline") };

/** Who a member is, opened from a name or a picture. */
export class ProfileCard extends ChatElement {
  /** @type {Profile | null} */
  #profile = null;
  #why = "";
  #isSure = false;
  /** @type {Sanction[]} those in force on them here, for who looks after the room */
  #sanctions = [];

  /**
   * @param {number} user
   * @param {HTMLElement} opener
   */
  async open(user, opener) {
    try {
      [this.#profile, this.#sanctions] = await Promise.all([
        this.client.api.read(`users/${user}`),
        this.#sanctionsOf(user),
      ]);
    } catch (error) {
      this.#why =
        error instanceof Lost
          ? gettext("The server cannot be reached.")
          : gettext("They are not here any more.");
    }
    this.classList.add("profile-card");
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", this.#profile?.name ?? gettext("Member"));
    this.paint();
    popUp(this, opener);
    align(this, opener, "start"); // a name begins what is said: the card begins where it does
    this.querySelector("button")?.focus();
  }

  template() {
    const profile = this.#profile;
    if (!profile) return this.#why ? html`<p>${this.#why}</p>` : nothing;
    const isOwn = profile.id === this.client.me.id;
    return html`
      <div class="profile-card__head">
        <span class="face">${avatar(profile, "large")}${presenceDot(profile.presence)}</span>
        <div>
          <h2><bdi>${profile.name}</bdi></h2>
          <p class="profile-card__quiet"><bdi>@${profile.username}</bdi></p>
        </div>
      </div>
      ${this.#status(profile)}
      <p class="profile-card__quiet">
        ${gettext("{presence} · {time}", {
          presence: this.#presence(profile),
          time: localTime(profile.time_zone),
        })}
      </p>
      <div class="profile-card__acts">${isOwn ? this.#ownActs() : this.#acts(profile)}</div>
      ${this.#moderation(profile)}
    `;
  }

  /** @returns {Promise<Sanction[]>} */
  async #sanctionsOf(/** @type {number} */ user) {
    if (!mayModerate(this.client, user)) return [];
    const path = `rooms/${this.client.openRoom}/sanctions`;
    const { sanctions } = await this.client.api.read(path);
    return sanctions.filter((/** @type {Sanction} */ each) => each.user.id === user);
  }

  #moderation(/** @type {Profile} */ profile) {
    const acts = memberActs(this.client, profile.id);
    if (acts.length === 0 || this.#isSure) return nothing;
    return html`<section class="profile-card__moderation" aria-label=${gettext("In this room")}>
      <h3>${gettext("In this room")}</h3>
      ${this.#sanctions.map(
        (sanction) => html`<p class="profile-card__quiet profile-card__sanction">
          ${icon(sanction.kind === "mute" ? "volume-x" : "ban")}
          ${sanctionText(sanction)}
          <button type="button" class="link" @click=${() => this.#then(() => askLift(this.client, sanction))}>
            ${gettext("Lift")}
          </button>
        </p>`,
      )}
      <div class="menu">
        ${acts.map(
          ({ sign, label, act }) =>
            html`<button type="button" class="menu__item" @click=${() => this.#then(act)}>
              ${icon(sign)} ${label}
            </button>`,
        )}
      </div>
    </section>`;
  }

  /** The card goes before what it opens comes. */
  #then(/** @type {() => unknown} */ act) {
    this.hidePopover();
    void act();
  }

  #status(/** @type {Profile} */ profile) {
    const { text, emoji } = statusOf(profile);
    const until = ahead(profile.status_until);
    const undisturbed = ahead(profile.dnd_until);
    return html`${text || emoji
      ? html`<p class="profile-card__status">
          ${emoji} <bdi>${text}</bdi>
          ${until === null ? nothing : html`<small>${inWords(until)}</small>`}
        </p>`
      : nothing}${undisturbed === null
      ? nothing
      : html`<p class="profile-card__status">
          ${icon("moon")} ${gettext("Do not disturb")} <small>${inWords(undisturbed)}</small>
        </p>`}`;
  }

  #presence(/** @type {Profile} */ { presence, last_seen: lastSeen }) {
    if (lastSeen === null) return PRESENCE[presence];
    return gettext("Last seen {ago}", { ago: agoInWords(Date.parse(lastSeen)) });
  }

  #ownActs() {
    return html`<button type="button" class="button button--small" @click=${this.#setStatus}>
        ${gettext("Set a status")}
      </button>
      <a class="button button--quiet button--small" href=${this.client.urls.profile}
        >${gettext("Your profile")}</a
      >`;
  }

  #acts(/** @type {Profile} */ profile) {
    const { name } = profile;
    if (this.#isSure) {
      return html`<p>
          ${gettext(
            "You and {name} will share no direct conversation, and neither is told when the other mentions them. They are not told that you did this.",
            { name },
          )}
        </p>
        <button type="button" class="button button--danger button--small" @click=${this.#block}>
          ${gettext("Block {name}", { name })}
        </button>`;
    }
    return html`${profile.blocked
      ? html`<p class="profile-card__quiet">${icon("ban")} ${gettext("You block {name}.", { name })}</p>
          <button type="button" class="button button--small" @click=${this.#unblock}>
            ${gettext("Unblock")}
          </button>`
      : html`<button type="button" class="button button--small" @click=${this.#write}>
            ${icon("message-circle")} ${gettext("Message")}
          </button>
          <button type="button" class="button button--quiet button--small" @click=${this.#ask}>
            ${icon("ban")} ${gettext("Block…")}
          </button>
          <button
            type="button"
            class="button button--quiet button--small"
            @click=${() => this.#then(() => reportMember(this.client, profile))}
          >
            ${icon("flag")} ${gettext("Report…")}
          </button>`}`;
  }

  #ask() {
    this.#isSure = true;
    this.paint();
  }

  async #setStatus() {
    this.hidePopover();
    const { StatusDialog } = await import("./status-dialog.js");
    await put(StatusDialog, this.client).open();
  }

  async #write() {
    const users = [this.#profile?.id];
    const row = await this.#done(this.client.api.post("direct", { users }));
    if (row) location.assign(`${this.client.urls.rooms}${row.slug}/`);
  }

  async #block() {
    const { api } = this.client;
    if (await this.#done(api.change("PUT", `users/${this.#profile?.id}/block`))) this.hidePopover();
  }

  async #unblock() {
    const { api } = this.client;
    if (await this.#done(api.change("DELETE", `users/${this.#profile?.id}/block`))) this.hidePopover();
  }

  /** What was answered; what was refused is told, and the card goes. */
  async #done(/** @type {Promise<any>} */ asked) {
    try {
      return await asked;
    } catch (error) {
      this.hidePopover();
      this.client.refused(error);
      return null;
    }
  }
}

/** 14:05 for them */
function localTime(/** @type {string} */ timeZone) {
  try {
    const clock = new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone });
    return gettext("{time} for them", { time: clock.format() });
  } catch {
    return timeZone; // a zone that this browser does not know
  }
}

customElements.define("profile-card", ProfileCard);
