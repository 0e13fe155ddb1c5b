// @ts-check
/**
 * @typedef {import("./message-progress.js").Shown} Shown
 * @typedef {{body: string, replaced_at: string}} EarlierBody
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { fullTime } from "../view/dates.js";
import { diff } from "../view/diff.js";
import { ChatElement } from "./element.js";

/** What a message said before it was edited: each change with what went and what came. */
export class EditHistory extends ChatElement {
  /** @type {Shown | null} */
  #message = null;
  /** @type {EarlierBody[] | null} oldest first */
  #edits = null;
  #failed = false;

  async show(/** @type {Shown} */ message) {
    this.#message = message;
    this.paint();
    this.querySelector("dialog")?.showModal();
    try {
      const { edits } = await this.client.api.read(`messages/${message.id}/edits`);
      this.#edits = edits;
    } catch {
      this.#failed = true;
    }
    if (this.isConnected) this.paint();
  }

  template() {
    if (!this.#message) return nothing;
    return html`<dialog class="confirm" aria-labelledby="edits-title" @close=${this.remove}>
      <h2 id="edits-title" class="confirm__title">
        ${this.#message.deleted ? gettext("What it said") : gettext("What it said before")}
      </h2>
      ${this.#content(this.#message)}
      <form method="dialog">
        <button class="button button--quiet" autofocus>${gettext("Close")}</button>
      </form>
    </dialog>`;
  }

  #content(/** @type {Shown} */ message) {
    if (this.#failed) return html`<p>${gettext("This could not be loaded.")}</p>`;
    if (!this.#edits) return html`<p role="status">${gettext("Loading…")}</p>`;
    const edits = this.#edits;
    if (edits.length === 0) {
      return html`<p>${gettext("Its author deleted it: what it said is not shown.")}</p>`;
    }
    if (message.deleted) return html`<p class="edits__text" dir="auto">${edits.at(-1)?.body}</p>`;
    const after = (/** @type {number} */ index) => edits[index + 1]?.body ?? message.body;
    const changes = edits.map(({ body, replaced_at: at }, index) => ({
      at: new Date(at),
      parts: diff(body, after(index)),
    }));
    return html`<ol class="edits" role="list">
      ${changes.reverse().map(
        ({ at, parts }) =>
          html`<li>
            <time datetime=${at.toISOString()}>${fullTime(at)}</time>
            <p class="edits__text" dir="auto">${parts.map(drawn)}</p>
          </li>`,
      )}
    </ol>`;
  }
}

function drawn(/** @type {import("../view/diff.js").Part} */ { kind, text }) {
  if (kind === "gone") return html`<del>${text}</del>`;
  if (kind === "new") return html`<ins>${text}</ins>`;
  return text;
}

customElements.define("edit-history", EditHistory);
