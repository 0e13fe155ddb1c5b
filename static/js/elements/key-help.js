// @ts-check
/** @typedef {import("../client/reach.js").Reach} Reach */
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { prefer } from "../client/reach.js";
import { ChatElement } from "./element.js";

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
// As keyboards of the language have them; in one text, because elsewhere End is a verb.
const [CTRL, SHIFT, ENTER, HOME, END] = gettext("Ctrl Shift Enter Home End").split(" ");
const COMMAND = IS_APPLE ? "⌘" : CTRL;
const OPTION = IS_APPLE ? "⌥" : "Alt";
const [TAB, ESC] = ["Tab", "Esc"];

/** @type {[string, [string[], string][]][]} what is done with which keys, by where one is */
const KEYS = [
  [
    gettext("Anywhere"),
    [
      [[COMMAND, "K"], gettext("Go to a room, a person or a command")],
      [[COMMAND, "F"], gettext("Search messages")],
      [[OPTION, "↑"], gettext("The room above")],
      [[OPTION, "↓"], gettext("The room below")],
      [[OPTION, SHIFT, "↑"], gettext("The unread room above")],
      [[OPTION, SHIFT, "↓"], gettext("The unread room below")],
      [[COMMAND, "/"], gettext("These keys")],
      [["?"], gettext("These keys, where one is not writing")],
    ],
  ],
  [
    gettext("Where one writes"),
    [
      [[ENTER], gettext("Send")],
      [[SHIFT, ENTER], gettext("A new line")],
      [["↑"], gettext("Change one’s last message, while nothing is written")],
      [[SHIFT, TAB], gettext("To the messages")],
      [[ESC], gettext("Do not reply")],
    ],
  ],
  [
    gettext("On a message"),
    [
      [["↑"], gettext("The message above")],
      [["↓"], gettext("The message below")],
      [[HOME], gettext("The first one here")],
      [[END], gettext("The last one here")],
      [["R"], gettext("Reply")],
      [["E"], gettext("React")],
      [["T"], gettext("Open its thread")],
      [["M"], gettext("More")],
      [["U"], gettext("Mark unread from here")],
      [["D"], gettext("Go to a day")],
      [[TAB], gettext("To what is in the message")],
      [[ESC], gettext("Back to where one writes")],
    ],
  ],
  [
    gettext("In a panel, a menu or a dialog"),
    [
      [["↑"], gettext("The one above")],
      [["↓"], gettext("The one below")],
      [[ESC], gettext("Close it, and back to where one was")],
    ],
  ],
];

const READING_OUT = /** @type {const} */ ([
  ["everything", gettext("Every new message")],
  ["mentions", gettext("What mentions me")],
  ["nothing", gettext("Nothing")],
]);

/** Lists the keys, and asks what is wanted of them and of a screen reader. */
export class KeyHelp extends ChatElement {
  open() {
    this.querySelector("dialog")?.showModal();
  }

  template() {
    const { reach } = this.client;
    return html`<dialog class="confirm key-help" aria-labelledby="key-help-title" @close=${this.remove}>
      <h2 id="key-help-title" class="asking__title">${gettext("Keyboard")}</h2>
      <div class="key-help__all" tabindex="0" role="group" aria-label=${gettext("All keys")}>
        <div class="key-help__columns">
          ${KEYS.map(
            ([where, keys]) =>
              html`<section>
                <h3>${where}</h3>
                <dl>${keys.map(([pressed, done]) => html`<div><dt><span dir="ltr">${signs(pressed)}</span></dt><dd>${done}</dd></div>`)}</dl>
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
        ${gettext("Single keys do something")}
      </label>
      <label class="asking__field"
        >${gettext("What a screen reader reads out of the open room")}
        <select class="input" @change=${this.#chosen}>
          ${READING_OUT.map(
            ([wanted, label]) =>
              html`<option value=${wanted} ?selected=${wanted === reach.read_out}>${label}</option>`,
          )}
        </select>
      </label>
      <form method="dialog" class="button-row"><button class="button" autofocus>${gettext("Close")}</button></form>
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
