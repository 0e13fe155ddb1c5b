// @ts-check
/** What members say of themselves, as long as it holds. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../language.js";
import { icon } from "./pieces.js";
import { ahead, momentInWords } from "./until.js";

/**
 * @typedef {object} Said
 * @property {string} [status]
 * @property {string} [status_emoji]
 * @property {string | null} [status_until]
 * @property {string | null} [dnd_until]
 */

/**
 * The status of a member, empty once its time has passed.
 * @param {Said} said
 */
export function statusOf({ status = "", status_emoji: emoji = "", status_until: until = null }) {
  const isOver = until !== null && ahead(until) === null;
  return isOver ? { text: "", emoji: "" } : { text: status, emoji };
}

/**
 * The signs of it beside a name: an emoji, or the one of the text, and a moon.
 * @param {Said} said
 */
export function statusSigns(said) {
  const { text, emoji } = statusOf(said);
  const undisturbed = ahead(said.dnd_until);
  return html`${undisturbed === null
    ? nothing
    : html`<span class="status" title=${quietUntil(undisturbed)}
        >${icon("moon")}<span class="visually-hidden">${gettext("Do not disturb")}</span></span
      >`}${emoji || text
    ? html`<span class="status" title=${text || nothing}
        >${emoji || icon("message-circle")}<span class="visually-hidden">${text}</span></span
      >`
    : nothing}`;
}

function quietUntil(/** @type {number} */ moment) {
  return gettext("Do not disturb until {time}", { time: momentInWords(moment) });
}
