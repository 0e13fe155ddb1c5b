// @ts-check
/** Small things that are drawn in many places. */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../language.js";
import { initials } from "./words.js";

/** Hues of avatar.css; neighbouring ids look least alike. */
const HUES = 12;
const HUE_STEP = 5;

const PRESENCE = { online: gettext("Online"), away: gettext("Away"), offline: gettext("Offline") };

let sprite = "";

/** Says where the sprite with the icons is. */
export function useSprite(/** @type {string} */ url) {
  sprite = url;
}

/** An icon of the sprite, for the eye only: its button carries the label. */
export function icon(/** @type {string} */ name) {
  return html`<svg class="icon" aria-hidden="true"><use href="${sprite}#${name}"></use></svg>`;
}

/**
 * @param {{id: number, name: string, avatar: string | null}} person
 * @param {string} [size] a modifier of .avatar
 */
export function avatar({ id, name, avatar: picture }, size = "") {
  const classes = size ? `avatar avatar--${size}` : "avatar";
  if (picture) return html`<img class=${classes} src=${picture} alt="" loading="lazy" />`;
  const hue = (id * HUE_STEP) % HUES;
  return html`<span class=${classes} data-hue=${hue} aria-hidden="true">${initials(name)}</span>`;
}

/** The sign of a room's kind. */
export function roomSign(/** @type {{kind: string}} */ { kind }) {
  return icon({ public: "hash", private: "lock", direct: "message-circle" }[kind] ?? "hash");
}

/** @param {"online" | "away" | "offline"} state */
export function presenceDot(state) {
  if (state === "offline") return nothing;
  return html`<span class="presence-dot" data-state=${state} title=${PRESENCE[state]}></span>`;
}

/**
 * The shape of messages that are coming.
 * @param {string} words for who cannot see it
 */
export function skeleton(words) {
  const row = html`<div class="skeleton__row"><i class="skeleton__bar"></i><i class="skeleton__bar"></i><i class="skeleton__bar"></i></div>`;
  return html`<div class="skeleton" role="status">
    <span class="visually-hidden">${words}</span>${[row, row, row]}
  </div>`;
}
