// @ts-check
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { ask } from "./asking.js";

/**
 * Asks what this member has to say against a sanction, which they can do once. Resolves with whether
 * they said it.
 * @param {import("../client.js").ChatClient} client
 * @param {number} sanction
 */
export function askAppeal(client, sanction) {
  let words = "";
  return ask({
    title: gettext("Appeal"),
    verb: gettext("Send to the moderators"),
    fields: () =>
      html`<p class="confirm__note">
          ${gettext("Say why it should be lifted. You can say this once.")}
        </p>
        <textarea
          class="input"
          rows="4"
          required
          dir="auto"
          aria-label=${gettext("Why it should be lifted")}
          maxlength=${client.limits.appeal}
          @input=${(/** @type {Event} */ event) =>
            (words = /** @type {HTMLTextAreaElement} */ (event.target).value)}
        ></textarea>`,
    act: async () => {
      await client.api.post(`sanctions/${sanction}/appeal`, { words });
      client.tell("notice", gettext("The moderators will read it."));
    },
  });
}
