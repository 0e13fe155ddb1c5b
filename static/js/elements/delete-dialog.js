// @ts-check
/** @typedef {import("./message-row.js").Shown} Shown */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { ChatElement } from "./element.js";

/** Asks once more before a message is deleted for everyone, and goes. */
export class DeleteDialog extends ChatElement {
  /** @type {Shown | null} what is about to be deleted */
  #doomed = null;

  /** Asks about a message of the open room. */
  ask(/** @type {Shown} */ message) {
    this.#doomed = message;
    this.paint();
    this.querySelector("dialog")?.showModal();
  }

  template() {
    if (!this.#doomed) return nothing;
    const { author, body } = this.#doomed;
    return html`<dialog class="confirm" aria-label="Delete the message" @close=${this.remove}>
      <p>Delete this message for everyone?</p>
      <blockquote><strong>${this.client.person(author).name}</strong> ${body}</blockquote>
      <form method="dialog" class="button-row">
        <button class="button button--grave" autofocus @click=${this.#execute}>Delete</button>
        <button class="button button--quiet">Keep</button>
      </form>
    </dialog>`;
  }

  #execute() {
    if (this.#doomed) void this.client.messages.remove(this.#doomed.id);
  }
}

customElements.define("delete-dialog", DeleteDialog);
