// @ts-check
/**
 * Dialogs of those who look after a room: what they do in it has a reason, which is told and kept.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { ask } from "./asking.js";

/**
 * Asks for the reason, and does it. Resolves with whether it was done.
 * @param {ChatClient} client
 * @param {object} asked
 * @param {string} asked.title
 * @param {string} asked.verb
 * @param {string} asked.note what it means, and who is told
 * @param {string} [asked.label]
 * @param {boolean} [asked.isGrave]
 * @param {(redraw: () => void) => unknown} [asked.fields]
 * @param {(reason: string) => Promise<unknown>} asked.act
 * @param {string} [asked.done] what is said when it is done
 */
export function askWhy(client, asked) {
  const { title, verb, note, label = gettext("Reason"), isGrave = true, fields, act, done } = asked;
  let reason = "";
  return ask({
    title,
    verb,
    isGrave,
    fields: (redraw) => html`<p class="confirm__note">${note}</p>
      ${fields ? fields(redraw) : nothing}
      <label class="asking__field"
        >${label}
        <input
          class="input"
          dir="auto"
          name="reason"
          autocomplete="off"
          maxlength=${client.limits.reason}
          @input=${(/** @type {Event} */ event) =>
            (reason = /** @type {HTMLInputElement} */ (event.target).value)}
        />
      </label>`,
    act: async () => {
      await act(reason);
      if (done) client.tell("notice", done);
    },
  });
}

/**
 * A field in which one of several is chosen.
 * @param {string} label
 * @param {readonly (readonly [number | string, string])[]} options
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
export function choice(label, options, chosen, choose) {
  return html`<label class="asking__field"
    >${label}
    <select
      class="input"
      @change=${(/** @type {Event} */ event) =>
        choose(/** @type {HTMLSelectElement} */ (event.target).value)}
    >
      ${options.map(
        ([value, words]) =>
          html`<option value=${value} ?selected=${String(value) === chosen}>${words}</option>`,
      )}
    </select>
  </label>`;
}
