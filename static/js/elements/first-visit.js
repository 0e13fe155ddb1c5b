// @ts-check
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { icon } from "../view/pieces.js";
import { ChatElement } from "./element.js";

/** Three things for who is here for the first time. Put away once, on all devices. */
export class FirstVisit extends ChatElement {
  template() {
    const { urls, me } = this.client;
    return html`
      <section class="first-visit" aria-labelledby="first-visit-title">
        <h2 id="first-visit-title" class="first-visit__title">Good to have you, ${me.name}</h2>
        <ol class="first-visit__things" role="list">
          <li>
            ${icon("message-circle")}
            <p><strong>Write below.</strong> <kbd>@name</kbd> calls somebody. What you send waits
              for a network if there is none, and is never lost.</p>
          </li>
          <li>
            ${icon("compass")}
            <p><strong>Find your rooms.</strong> Step into any of
              <a href=${urls.rooms}>those that are open</a>, and read all that was said.</p>
          </li>
          <li>
            ${icon("user-round")}
            <p><strong>Show your face.</strong> <a href=${urls.profile}>A picture and a name</a>
              help the others to know who you are.</p>
          </li>
        </ol>
        <button type="button" class="button button--small" @click=${this.#putAway}>Got it</button>
      </section>
    `;
  }

  /** It goes at once; should the server not hear of it, it comes again with the next page. */
  async #putAway() {
    this.remove();
    /** @type {HTMLElement | null} */ (document.querySelector(".composer__field"))?.focus();
    await this.client.api
      .change("PATCH", "me", { shown_around: true })
      .catch((error) => this.client.refused(error));
  }
}

customElements.define("first-visit", FirstVisit);
