// @ts-check
/** @typedef {import("../state/types.js").Person} Person */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, ngettext } from "../all-words.js";
import { handlesIn } from "../state/completion.js";
import { icon } from "../view/pieces.js";
import { listNames } from "../view/words.js";
import { ChatElement } from "./element.js";

/** Says who was named in a message and is not in its room, and offers to invite them. */
export class AbsentNote extends ChatElement {
  static topics = ["room"];
  /** @type {{room: number, users: Person[], mayInvite: boolean} | null} */
  #absent = null;

  /** A message was sent: asks about those named in it whom this page does not know in the room. */
  async sent(/** @type {number} */ room, /** @type {string} */ body) {
    const { people, me, api } = this.client;
    const here = new Set([me.username, ...people.inRoom.map(({ username }) => username)]);
    const handles = handlesIn(body).filter((handle) => !here.has(handle));
    if (handles.length === 0) return;
    const query = handles.slice(0, 20).map((handle) => `handle=${encodeURIComponent(handle)}`);
    try {
      const { users, may_invite: mayInvite } = await api.read(`rooms/${room}/absent?${query.join("&")}`);
      this.#absent = users.length > 0 ? { room, users, mayInvite } : null;
    } catch {
      return; // who is not told that somebody is not there has lost nothing
    }
    this.update();
  }

  template() {
    const { openRoom, room } = this.client;
    if (!this.#absent || this.#absent.room !== openRoom || !room) return nothing;
    const { users, mayInvite } = this.#absent;
    return html`<p class="composer__note" role="status">
      ${icon("user-plus")}
      <span
        >${absence(users, room)}
        ${mayInvite || room.kind === "direct" ? nothing : gettext("An owner can invite them.")}</span
      >
      ${mayInvite
        ? html`<button type="button" class="link" @click=${() => this.#invite()}>
            ${gettext("Invite")}
          </button>`
        : nothing}
      <button type="button" title=${gettext("Hide")} @click=${() => this.#dismiss()}>
        ${icon("x")}<span class="visually-hidden">${gettext("Hide")}</span>
      </button>
    </p>`;
  }

  async #invite() {
    const { client } = this;
    if (!this.#absent) return;
    const { room, users } = this.#absent;
    this.#dismiss();
    try {
      for (const { id } of users) await client.api.post(`rooms/${room}/members`, { user: id });
      client.tell("notice", gettext("Invited {names}.", { names: namesOf(users) }));
    } catch (error) {
      client.refused(error);
    }
  }

  #dismiss() {
    this.#absent = null;
    this.paint();
  }
}

/**
 * Ada and Ben are not in Garden and will not see this.
 * @param {Person[]} users
 * @param {{kind: string, name: string}} room
 */
function absence(users, { kind, name: room }) {
  const [names, n] = [namesOf(users), users.length];
  if (kind !== "direct") {
    return ngettext(
      "{names} is not in {room} and will not see this.",
      "{names} are not in {room} and will not see this.",
      n,
      { names, room },
    );
  }
  return ngettext(
    "{names} is not in this conversation and will not see this.",
    "{names} are not in this conversation and will not see this.",
    n,
    { names },
  );
}

function namesOf(/** @type {Person[]} */ users) {
  return listNames(users.map(({ name }) => name));
}

customElements.define("absent-note", AbsentNote);
