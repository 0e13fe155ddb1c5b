// @ts-check
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";

const NAMED = /^:([a-z0-9_+-]+):$/;
let address = "";

/** Says where pictures of the site's own emoji are: the address of one called NAME. */
export function useEmoji(/** @type {string} */ url) {
  address = url;
}

/** Where a picture does not come its name stands: an emoji that was removed is in old messages. */
export function nameMissingEmoji(/** @type {Event} */ { target }) {
  if (target instanceof HTMLImageElement && target.matches(".emoji")) target.replaceWith(target.alt);
}

/** An emoji as it is drawn: a character, or the picture of one of the site's own. */
export function drawnEmoji(/** @type {string} */ emoji) {
  const [, name] = NAMED.exec(emoji) ?? [];
  if (!name) return emoji;
  return html`<img class="emoji" src=${address.replace("NAME", name)} alt=${emoji} />`;
}
