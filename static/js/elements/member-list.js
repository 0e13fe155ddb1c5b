// @ts-check
/**
 * @typedef {import("../state/types.js").Member} Member
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { repeat } from "../../vendor/lit-html-3.3.3/directives/repeat.js";
import { gettext, language } from "../language.js";
import { avatar, icon, presenceDot } from "../view/pieces.js";
import { statusSigns } from "../view/status.js";
import { ChatElement } from "./element.js";

const SECTIONS = /** @type {const} */ ([
  ["online", gettext("Online")],
  ["away", gettext("Away")],
  ["offline", gettext("Offline")],
]);
const ROLES = new Map([
  ["owner", ["crown", gettext("Owner")]],
  ["moderator", ["shield", gettext("Moderator")]],
]);

/** Who is in the open room, those who are here first. */
class MemberList extends ChatElement {
  static topics = ["members", "presence", "room", "connection"];

  template() {
    const { client } = this;
    const members = client.people.inRoom.sort((a, b) => a.name.localeCompare(b.name));
    return html`
      <h2 class="visually-hidden">${gettext("Members")}</h2>
      ${SECTIONS.map(([state, title]) =>
        this.#section(
          title,
          members.filter((member) => presenceOf(member, client) === state),
        ),
      )}
    `;
  }

  /**
   * @param {string} title
   * @param {Member[]} members
   */
  #section(title, members) {
    if (members.length === 0) return nothing;
    return html`
      <section class="member-list__section">
        <h3>${title} <span>${members.length.toLocaleString(language)}</span></h3>
        <ul role="list">
          ${repeat(
            members,
            (/** @type {Member} */ member) => member.user,
            (/** @type {Member} */ member) => memberRow(member, this.client),
          )}
        </ul>
      </section>
    `;
  }
}

/**
 * One's own dot says whether the others see one.
 * @param {Member} member
 * @param {ChatClient} client
 */
export function presenceOf(member, client) {
  if (member.user !== client.me.id) return client.presence.of(member.user);
  return client.session.state === "open" ? "online" : "offline";
}

/**
 * A member with what they say of themselves; pressed, their card opens.
 * @param {Member} member
 * @param {ChatClient} client
 */
export function memberRow(member, client) {
  const state = presenceOf(member, client);
  const [sign, label] = ROLES.get(member.role ?? "") ?? [];
  return html`
    <li class="member-list__member" data-user=${member.user} data-state=${state}>
      <button type="button" class="member-list__person" data-person=${member.user}>
        <span class="face"
          >${avatar({ ...member, id: member.user }, "small")}${presenceDot(state)}</span
        >
        <span class="member-list__name" dir="auto" title="@${member.username}">${member.name}</span>
        ${statusSigns(member)}
        ${sign
          ? html`<span class="member-list__role" title=${label}
              >${icon(sign)}<span class="visually-hidden">${label}</span></span
            >`
          : nothing}
      </button>
    </li>
  `;
}

customElements.define("member-list", MemberList);
