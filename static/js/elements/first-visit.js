// @ts-check
import { html } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { icon } from "../view/pieces.js";
import { sentence } from "../view/sentence.js";
import { ChatElement } from "./element.js";

/** Three things for who is here for the first time. Put away once, on all devices. */
export class FirstVisit extends ChatElement {
  template() {
    const { urls, me } = this.client;
    return html`
      <section class="first-visit" aria-labelledby="first-visit-title">
        <h2 id="first-visit-title" class="first-visit__title">
          ${gettext("Good to have you, {name}", { name: me.name })}
        </h2>
        <ol class="first-visit__things" role="list">
          <li>
            ${icon("message-circle")}
            <p>
              <strong>${gettext("Write below.")}</strong>
              ${sentence(
                gettext(
                  "{handle} calls somebody. What you send waits for a network if there is none, and is never lost.",
                ),
                { handle: html`<kbd dir="ltr">${gettext("@name")}</kbd>` },
              )}
            </p>
          </li>
          <li>
            ${icon("compass")}
            <p>
              <strong>${gettext("Find your rooms.")}</strong>
              ${sentence(gettext("Step into any of {rooms}, and read all that was said."), {
                rooms: html`<a href=${urls.rooms}>${gettext("those that are open")}</a>`,
              })}
            </p>
          </li>
          <li>
            ${icon("user-round")}
            <p>
              <strong>${gettext("Show your face.")}</strong>
              ${sentence(gettext("{profile} help the others to know who you are."), {
                profile: html`<a href=${urls.profile}>${gettext("A picture and a name")}</a>`,
              })}
            </p>
          </li>
        </ol>
        <button type="button" class="button button--small" @click=${this.#putAway}>
          ${gettext("Got it")}
        </button>
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
