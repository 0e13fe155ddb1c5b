// @ts-check
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { fieldTime } from "../state/when.js";
import { fullTime, timeOfDay } from "../view/dates.js";
import { ask } from "./asking.js";

const HOUR = 3_600_000; // ms

/**
 * Asks when to send a text in the open room, and keeps it until then. Resolves with whether that
 * was done.
 * @param {import("../client.js").ChatClient} client
 * @param {string} text
 * @param {Date | null} [at]
 */
export function askTime(client, text, at = null) {
  const room = /** @type {number} */ (client.openRoom);
  const replyTo = client.writing.draft?.replyTo ?? null;
  const wanted = { body: text, at: at ?? new Date(Date.now() + HOUR) };
  return ask({
    title: gettext("Send later"),
    verb: gettext("Schedule"),
    fields: (redraw) => scheduleFields(wanted, redraw),
    act: async () => {
      await client.composing.schedule(room, {
        body: wanted.body,
        due_at: checkedTime(wanted.at).toISOString(),
        reply_to: replyTo,
      });
      client.tell("notice", gettext("It is sent on {time}.", { time: fullTime(wanted.at) }));
    },
  });
}

/**
 * Asks for another text or time of a scheduled message.
 * @param {import("../client.js").ChatClient} client
 * @param {import("../client/composing.js").Scheduled} row
 */
export function askChange(client, row) {
  const wanted = { body: row.body, at: new Date(Math.max(Date.parse(row.due_at), Date.now() + HOUR / 12)) };
  return ask({
    title: gettext("Change what is sent later"),
    verb: gettext("Save"),
    fields: (redraw) => scheduleFields(wanted, redraw),
    act: () =>
      client.composing.reschedule(row.id, {
        body: wanted.body,
        due_at: checkedTime(wanted.at).toISOString(),
      }),
  });
}

/**
 * @param {{body: string, at: Date}} wanted
 * @param {() => void} redraw
 */
function scheduleFields(wanted, redraw) {
  const choose = (/** @type {Date} */ at) => {
    wanted.at = at;
    redraw();
  };
  const nine = timeOfDay(morning(1));
  return html`
    <label class="asking__field"
      >${gettext("Message")}
      <textarea
        class="input"
        dir="auto"
        rows="3"
        required
        .value=${wanted.body}
        @input=${(/** @type {Event} */ event) =>
          (wanted.body = /** @type {HTMLTextAreaElement} */ (event.target).value)}
      ></textarea>
    </label>
    <label class="asking__field"
      >${gettext("When")}
      <input
        class="input"
        type="datetime-local"
        required
        .value=${fieldTime(wanted.at)}
        @change=${(/** @type {Event} */ event) =>
          (wanted.at = new Date(/** @type {HTMLInputElement} */ (event.target).value))}
    /></label>
    <p class="asking__picks">
      <button type="button" class="link" @click=${() => choose(new Date(Date.now() + HOUR))}>
        ${gettext("In an hour")}
      </button>
      <button type="button" class="link" @click=${() => choose(morning(1))}>
        ${gettext("Tomorrow, {time}", { time: nine })}
      </button>
      <button type="button" class="link" @click=${() => choose(morning(toMonday()))}>
        ${gettext("Monday, {time}", { time: nine })}
      </button>
    </p>
  `;
}

function morning(/** @type {number} */ days) {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9);
}

/** Days until the next Monday. */
function toMonday() {
  return (8 - new Date().getDay()) % 7 || 7;
}

function checkedTime(/** @type {Date} */ at) {
  if (Number.isNaN(at.getTime())) throw new RangeError(gettext("Choose a day and a time."));
  return at;
}
