// @ts-check
/** @typedef {import("../client/reach.js").Reach} Reach */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { prefer } from "../client/reach.js";
import { ChatElement } from "./element.js";

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const COMMAND = IS_APPLE ? "⌘" : "Ctrl";
const OPTION = IS_APPLE ? "⌥" : "Alt";

/** @type {[string, [string[], string][]][]} what is done with which keys, by where one is */
const KEYS = [
  [
    "Anywhere",
    [
      [[COMMAND, "K"], "Go to a room, a person or a command"],
      [[OPTION, "↑"], "The room above"],
      [[OPTION, "↓"], "The room below"],
      [[OPTION, "Shift", "↑"], "The unread room above"],
      [[OPTION, "Shift", "↓"], "The unread room below"],
      [[COMMAND, "/"], "These keys"],
      [["?"], "These keys, where one is not writing"],
    ],
  ],
  [
    "Where one writes",
    [
      [["Enter"], "Send"],
      [["Shift", "Enter"], "A new line"],
      [["↑"], "Change one’s last message, while nothing is written"],
      [["Shift", "Tab"], "To the messages"],
      [["Esc"], "Do not reply"],
    ],
  ],
  [
    "On a message",
    [
      [["↑"], "The message above"],
      [["↓"], "The message below"],
      [["Home"], "The first one here"],
      [["End"], "The last one here"],
      [["R"], "Reply"],
      [["E"], "React"],
      [["T"], "Open its thread"],
      [["M"], "More"],
      [["U"], "Mark unread from here"],
      [["D"], "Go to a day"],
      [["Tab"], "To what is in the message"],
      [["Esc"], "Back to where one writes"],
    ],
  ],
  [
    "In a panel, a menu or a dialog",
    [
      [["↑"], "The one above"],
      [["↓"], "The one below"],
      [["Esc"], "Close it, and back to where one was"],
    ],
  ],
];

const READING_OUT = /** @type {const} */ ([
  ["everything", "Every new message"],
  ["mentions", "What mentions me"],
  ["nothing", "Nothing"],
]);

/** Lists the keys, and asks what is wanted of them and of a screen reader. */
export class KeyHelp extends ChatElement {
  open() {
    this.querySelector("dialog")?.showModal();
  }

  template() {
    const { reach } = this.client;
    return html`<dialog class="confirm key-help" aria-labelledby="key-help-title" @close=${this.remove}>
      <h2 id="key-help-title" class="asking__title">Keyboard</h2>
      <div class="key-help__all" tabindex="0" role="group" aria-label="All keys">
        <div class="key-help__columns">
          ${KEYS.map(
            ([where, keys]) =>
              html`<section>
                <h3>${where}</h3>
                <dl>${keys.map(([pressed, done]) => html`<div><dt>${signs(pressed)}</dt><dd>${done}</dd></div>`)}</dl>
              </section>`,
          )}
        </div>
      </div>
      <label class="asking__check">
        <input
          type="checkbox"
          class="check"
          .checked=${reach.single_keys}
          @change=${(/** @type {Event} */ event) => this.#prefer({ single_keys: checked(event) })}
        />
        Single keys do something
      </label>
      <label class="asking__field"
        >What a screen reader reads out of the open room
        <select class="input" @change=${this.#chosen}>
          ${READING_OUT.map(
            ([wanted, label]) =>
              html`<option value=${wanted} ?selected=${wanted === reach.read_out}>${label}</option>`,
          )}
        </select>
      </label>
      <form method="dialog" class="button-row"><button class="button" autofocus>Close</button></form>
    </dialog>`;
  }

  #chosen(/** @type {Event} */ event) {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    return this.#prefer({ read_out: /** @type {Reach["read_out"]} */ (value) });
  }

  async #prefer(/** @type {Partial<Reach>} */ wanted) {
    await prefer(this.client, wanted);
    if (this.isConnected) this.paint();
  }
}

function checked(/** @type {Event} */ event) {
  return /** @type {HTMLInputElement} */ (event.target).checked;
}

function signs(/** @type {string[]} */ pressed) {
  return pressed.map((key) => html`<kbd>${key}</kbd> `);
}

customElements.define("key-help", KeyHelp);
