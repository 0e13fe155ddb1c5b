// @ts-check
/** @typedef {import("../client.js").ChatClient} ChatClient */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { ask } from "./asking.js";

/** What one can report somebody for; the words of it for who decides as well. */
export const REASONS = /** @type {const} */ ([
  ["spam", gettext("Spam or advertising")],
  ["harassment", gettext("Insults or harassment")],
  ["hate", gettext("Hatred of a group")],
  ["violence", gettext("Violence, or a threat of it")],
  ["private", gettext("Private matters of somebody")],
  ["other", gettext("Something else")],
]);

/**
 * Asks why a message is brought before the moderators, and brings it.
 * @param {ChatClient} client
 * @param {{id: number, author: number, body: string}} message
 */
export function reportMessage(client, { id, author, body }) {
  const quoted = html`<blockquote>
    <strong dir="auto">${client.person(author).name}</strong> <span dir="auto">${body}</span>
  </blockquote>`;
  return report(client, `messages/${id}/reports`, gettext("Report this message"), quoted);
}

/**
 * Asks why a member is brought before the moderators of the site, and does it.
 * @param {ChatClient} client
 * @param {{id: number, name: string}} member
 */
export function reportMember(client, { id, name }) {
  return report(client, `users/${id}/reports`, gettext("Report {name}", { name }), nothing);
}

/**
 * @param {ChatClient} client
 * @param {string} path
 * @param {string} title
 * @param {unknown} about
 */
function report(client, path, title, about) {
  const wanted = { reason: "", note: "" };
  return ask({
    title,
    verb: gettext("Report"),
    fields: () => html`${about}
      <label class="asking__field"
        >${gettext("Why")}
        <select
          class="input"
          required
          @change=${(/** @type {Event} */ event) =>
            (wanted.reason = /** @type {HTMLSelectElement} */ (event.target).value)}
        >
          <option value="">${gettext("Choose a reason")}</option>
          ${REASONS.map(([reason, words]) => html`<option value=${reason}>${words}</option>`)}
        </select>
      </label>
      <label class="asking__field"
        >${gettext("What the moderators should know")}
        <textarea
          class="input"
          dir="auto"
          rows="3"
          maxlength=${client.limits.note}
          @input=${(/** @type {Event} */ event) =>
            (wanted.note = /** @type {HTMLTextAreaElement} */ (event.target).value)}
        ></textarea>
      </label>
      <p class="confirm__note">
        ${gettext("Nobody but the moderators sees who reported it. They tell you what came of it.")}
      </p>`,
    act: async () => {
      await client.api.post(path, wanted);
      client.tell(
        "notice",
        gettext("Reported. The moderators will look at it, and tell you what came of it."),
      );
    },
  });
}
