// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { Refusal } from "../session/refusal.js";
import { reason } from "../view/words.js";
import { ChatElement } from "./element.js";
import { fitHeight, length } from "./text-field.js";

/** Changes a message in its place. It stays open, with what was typed, until the server has it. */
class MessageEditor extends ChatElement {
  text = "";
  /** @type {(text: string) => Promise<unknown>} */
  save = async () => undefined;
  #error = "";
  #isSaving = false;

  entered() {
    const field = this.#field;
    field.value = this.client.writing.edited ?? this.text;
    fitHeight(field);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  get #field() {
    return /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
  }

  template() {
    return html`
      <form class="editor" @submit=${this.#submit}>
        <textarea
          class="editor__field"
          rows="1"
          dir="auto"
          aria-label=${gettext("Change the message")}
          ?readonly=${this.#isSaving}
          @input=${this.#typed}
          @keydown=${this.#pressed}
        ></textarea>
        <p class="editor__foot">
          ${this.#error ? html`<span class="editor__error" role="alert">${this.#error}</span>` : nothing}
          <button class="button button--small" ?disabled=${this.#isSaving}>
            ${this.#isSaving ? gettext("Saving…") : gettext("Save")}
          </button>
          <button class="button button--small button--bare" type="button" @click=${this.#cancel}>
            ${gettext("Cancel")}
          </button>
        </p>
      </form>
    `;
  }

  #typed() {
    this.client.writing.writeEdit(this.#field.value);
    fitHeight(this.#field);
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Escape") this.#cancel();
    else if (event.key === "Enter" && !event.shiftKey) this.#submit(event);
  }

  async #submit(/** @type {Event} */ event) {
    event.preventDefault();
    const text = this.#field.value.trim();
    if (this.#isSaving) return;
    if (!text || text === this.text.trim()) return this.#cancel();
    if (length(text) > this.client.limits.body) {
      return this.#fail(gettext("This message is too long."));
    }
    this.#isSaving = true;
    this.#error = "";
    this.paint();
    try {
      await this.save(text);
      this.#cancel();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#fail(reason({ code: error.code, detail: error.message }));
    }
  }

  #fail(/** @type {string} */ text) {
    this.#isSaving = false;
    this.#error = text;
    this.paint();
  }

  #cancel() {
    if (!this.isConnected) return;
    this.client.writing.edit(null);
    /** @type {HTMLElement | null} */ (document.querySelector("message-composer textarea"))?.focus();
  }
}

customElements.define("message-editor", MessageEditor);
