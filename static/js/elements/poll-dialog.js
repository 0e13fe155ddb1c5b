// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, language } from "../all-words.js";
import { uuid } from "../uuid.js";
import { icon } from "../view/pieces.js";
import { ask } from "./asking.js";

/** as the server has them */
const OPTIONS_MIN = 2;
const OPTIONS_MAX = 10;
const OPTION_MAX = 100; // characters
const QUESTION_MAX = 300; // characters

/**
 * Asks what to ask the open room, and posts it. Resolves with whether that was done.
 * @param {import("../client.js").ChatClient} client
 * @param {string} [question]
 * @param {string[]} [begun]
 */
export function askPoll(client, question = "", begun = []) {
  const room = /** @type {number} */ (client.openRoom);
  const options = [...begun, "", ""].slice(0, Math.max(OPTIONS_MIN, begun.length));
  const poll = { client_id: uuid(), question, multiple: false };
  return ask({
    title: gettext("New poll"),
    verb: gettext("Ask"),
    fields: (redraw) => html`
      <label class="asking__field"
        >${gettext("Question")}
        <input
          class="input"
          dir="auto"
          required
          maxlength=${QUESTION_MAX}
          .value=${poll.question}
          @input=${(/** @type {Event} */ event) => (poll.question = valueOf(event))}
      /></label>
      <fieldset class="asking__field">
        <legend>${gettext("Options")}</legend>
        ${options.map((text, index) => option(text, index, options, redraw))}
        ${options.length < OPTIONS_MAX
          ? html`<button
              type="button"
              class="link"
              @click=${() => {
                options.push("");
                redraw();
              }}
            >
              ${icon("plus")} ${gettext("Another option")}
            </button>`
          : nothing}
      </fieldset>
      <label class="asking__check"
        ><input
          type="checkbox"
          class="check"
          .checked=${poll.multiple}
          @change=${(/** @type {Event} */ event) =>
            (poll.multiple = /** @type {HTMLInputElement} */ (event.target).checked)}
        />
        ${gettext("Several options can be chosen")}</label
      >
    `,
    act: () =>
      client.api.post(`rooms/${room}/polls`, {
        ...poll,
        options: options.filter((text) => text.trim()),
      }),
  });
}

/**
 * @param {string} text
 * @param {number} index
 * @param {string[]} options
 * @param {() => void} redraw
 */
function option(text, index, options, redraw) {
  const n = (index + 1).toLocaleString(language);
  return html`<span class="asking__row"
    ><input
      class="input"
      dir="auto"
      aria-label=${gettext("Option {n}", { n })}
      maxlength=${OPTION_MAX}
      ?required=${index < OPTIONS_MIN}
      .value=${text}
      @input=${(/** @type {Event} */ event) => (options[index] = valueOf(event))}
    />${options.length > OPTIONS_MIN
      ? html`<button
          type="button"
          class="button button--bare button--icon"
          title=${gettext("Remove")}
          @click=${() => {
            options.splice(index, 1);
            redraw();
          }}
        >
          ${icon("x")}<span class="visually-hidden">${gettext("Remove option {n}", { n })}</span>
        </button>`
      : nothing}</span
  >`;
}

function valueOf(/** @type {Event} */ event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}
