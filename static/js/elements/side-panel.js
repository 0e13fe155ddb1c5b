// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { icon } from "../view/pieces.js";
import { ChatElement } from "./element.js";

/** As in side-panel.css: narrower than that there is no room beside the conversation. */
const ALONE = matchMedia("(width < 68rem)");

/** ms that a notice stays */
const NOTICE = 6000;

/**
 * The frame of what stands beside the conversation: a title, a way back, and below them what
 * `body` draws. One kind a subclass, named in panel-kinds.js and in client/panels.js.
 */
export class SidePanel extends ChatElement {
  /** @type {number | null} the message or room it is about */
  about = null;
  #notice = "";

  entered() {
    this.setAttribute("aria-label", this.heading);
    this.#stand();
    this.client.on("notice", (text) => this.#tell(text), this.ended);
    ALONE.addEventListener("change", () => this.#stand(), { signal: this.ended });
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal: this.ended });
    /** @type {HTMLElement | null} */ (this.querySelector(".side-panel__close"))?.focus();
  }

  /** What the panel is called. */
  get heading() {
    return "";
  }

  /** The level of its title among the headings of the page. */
  get level() {
    return ALONE.matches ? 1 : 2;
  }

  /**
   * What is in it.
   * @returns {unknown}
   */
  body() {
    throw new Error(`${this.localName} has no body.`);
  }

  template() {
    return html`
      <div class="side-panel__head">
        <h2 class="side-panel__title" aria-level=${this.level}>${this.heading}</h2>
        ${this.tools()}
        <button
          type="button"
          class="button button--bare button--icon side-panel__close"
          title=${gettext("Close")}
          @click=${() => this.client.panels.close()}
        >
          ${icon("x")}<span class="visually-hidden"
            >${gettext("Close {panel}", { panel: this.heading })}</span
          >
        </button>
      </div>
      ${this.body()}
      <p class="side-panel__notice" role="status" ?hidden=${!this.#notice}>${this.#notice}</p>
    `;
  }

  /**
   * What stands beside the title.
   * @returns {unknown}
   */
  tools() {
    return nothing;
  }

  /** What the page says in passing is out of sight where the conversation is. */
  #tell(/** @type {string} */ text) {
    if (!ALONE.matches) return;
    this.#notice = text;
    this.paint();
    this.client.clock.after(() => {
      if (this.#notice !== text || !this.isConnected) return;
      this.#notice = "";
      this.paint();
    }, NOTICE);
  }

  /** On a narrow screen it stands in place of the conversation, and is what the page is about. */
  #stand() {
    this.setAttribute("role", ALONE.matches ? "main" : "complementary");
    this.paint();
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    if (event.key === "Escape" && !event.defaultPrevented) this.client.panels.close();
  }
}
