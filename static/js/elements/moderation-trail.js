// @ts-check
/**
 * What was done in a room, entry by entry: by whom, to whom, what changed, and why.
 *
 * @typedef {import("../state/types.js").Person} Person
 *
 * @typedef {object} Entry What a moderator did.
 * @property {number} id
 * @property {string} at
 * @property {string} verb for programs
 * @property {string} what the same in words
 * @property {Person | null} by
 * @property {Person | null} user
 * @property {number | null} seq
 * @property {string} reason
 * @property {Record<string, unknown>} before
 * @property {Record<string, unknown>} after
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { fullTime, timeOrDay } from "../view/dates.js";
import { sentence } from "../view/sentence.js";
import { spanInWords } from "../view/until.js";

/** What a room's settings are called, by the name that the server has for them. */
const SETTINGS = new Map([
  ["name", gettext("Name")],
  ["topic", gettext("Topic")],
  ["slug", gettext("Address")],
  ["slow_mode", gettext("Slow mode")],
  ["writers", gettext("Who may write")],
  ["callers", gettext("Who may write @room and @here")],
]);

/**
 * @param {Entry} entry
 * @param {(seq: number) => string} placeOf the address of a message
 */
export function trailEntry({ at, verb, what, by, user, seq, reason, before, after }, placeOf) {
  const date = new Date(at);
  const who = html`<strong dir="auto">${by?.name ?? gettext("The site")}</strong>`;
  const changed = verb === "room.change" ? Object.keys(after) : [];
  return html`<li>
    <time datetime=${at} title=${fullTime(date)}>${timeOrDay(date)}</time>
    <p>
      ${user
        ? sentence(gettext("{who} {what}: {whom}"), { who, what, whom: html`<bdi>${user.name}</bdi>` })
        : sentence(gettext("{who} {what}"), { who, what })}
      ${seq === null ? nothing : html`<a class="link" href=${placeOf(seq)}>${gettext("Show")}</a>`}
    </p>
    ${changed.map((name) => change(name, before[name], after[name]))}
    ${reason ? html`<p dir="auto"><q>${reason}</q></p>` : nothing}
  </li>`;
}

/**
 * @param {string} name
 * @param {unknown} before
 * @param {unknown} after
 */
function change(name, before, after) {
  return html`<p class="moderation__quiet">
    ${sentence(gettext("{setting}: {before} → {after}"), {
      setting: SETTINGS.get(name) ?? name,
      before: html`<bdi>${said(name, before)}</bdi>`,
      after: html`<bdi>${said(name, after)}</bdi>`,
    })}
  </p>`;
}

/**
 * What a setting was, in words.
 * @param {string} name
 * @param {unknown} value
 */
function said(name, value) {
  if (name === "slow_mode") return value ? spanInWords(Number(value)) : gettext("Off");
  if (name !== "writers" && name !== "callers") return value;
  return value === "stewards" ? gettext("Owners and moderators") : gettext("All members");
}
