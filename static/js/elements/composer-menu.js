// @ts-check
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { ChatElement } from "./element.js";
import { menuItem, moveInMenu } from "./menu-items.js";
import { popUp } from "./popup.js";

/** What else one can do where one writes. */
export class ComposerMenu extends ChatElement {
  /** @type {() => void} called when what is written has changed */
  #changed = () => undefined;

  /**
   * @param {HTMLElement} opener
   * @param {() => void} changed
   */
  open(opener, changed) {
    this.#changed = changed;
    document.body.append(this);
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", gettext("More to send"));
    popUp(this, opener);
    this.querySelector("button")?.focus();
  }

  template() {
    return html`<div class="menu" role="menu" aria-label=${gettext("More to send")} @keydown=${moveInMenu}>
      ${this.#item("clock", gettext("Send later"), () => this.#schedule())}
      ${this.#item("list", gettext("Poll"), () => this.#poll())}
      ${this.#item("history", gettext("Scheduled messages"), () =>
        this.client.panels.show("scheduled"),
      )}
      ${this.#item("command", gettext("Commands"), () => this.#help())}
    </div>`;
  }

  /**
   * @param {string} sign
   * @param {string} label
   * @param {() => unknown} act
   */
  #item(sign, label, act) {
    return menuItem(sign, label, () => {
      this.hidePopover();
      act();
    });
  }

  async #schedule() {
    const { writing } = this.client;
    const { askTime } = await import("./schedule-dialog.js");
    const room = this.client.openRoom;
    const isDone = await askTime(this.client, writing.draft?.text ?? "");
    if (!isDone || this.client.openRoom !== room) return;
    writing.write("");
    writing.replyTo(null);
    this.#changed();
  }

  async #poll() {
    const { askPoll } = await import("./poll-dialog.js");
    await askPoll(this.client);
  }

  async #help() {
    const { showCommands } = await import("./command-help.js");
    showCommands();
  }
}

customElements.define("composer-menu", ComposerMenu);
