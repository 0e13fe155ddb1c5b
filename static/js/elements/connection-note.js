// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../language.js";
import { icon } from "../view/pieces.js";
import { ChatElement } from "./element.js";

/** ms that a lost connection may take to come back before anything is said */
const PATIENCE = 1500;

/** A thin line that says so when there is no connection, and what it means for what is written. */
class ConnectionNote extends ChatElement {
  static topics = ["connection"];
  /** @type {number | null} */
  #lostAt = null;

  entered() {
    this.setAttribute("role", "status");
  }

  template() {
    const { session, screen, urls } = this.client;
    if (session.state === "stopped") return this.#signedOut(urls);
    if (session.state === "open") {
      this.#lostAt = null;
      return nothing;
    }
    if (!screen.online) {
      return this.#line("wifi-off", gettext("You are offline. What you send waits here."));
    }
    if (!this.#isLong()) return nothing;
    return this.#line("refresh-cw", gettext("Reconnecting… What you send waits here."));
  }

  #isLong() {
    const { clock } = this.client;
    if (this.#lostAt === null) {
      this.#lostAt = clock.now();
      clock.after(() => this.update(), PATIENCE);
    }
    return clock.now() - this.#lostAt >= PATIENCE;
  }

  #signedOut(/** @type {Record<string, string>} */ urls) {
    const next = encodeURIComponent(location.pathname);
    return this.#line(
      "log-in",
      html`${gettext("You are signed out. What you wrote is kept.")}
        <a href="${urls.signIn}?next=${next}">${gettext("Sign in again")}</a>`,
    );
  }

  /**
   * @param {string} sign
   * @param {unknown} text
   */
  #line(sign, text) {
    return html`<p class="connection-note__line">
      <span class="connection-note__words">${icon(sign)}<span>${text}</span></span>
    </p>`;
  }
}

customElements.define("connection-note", ConnectionNote);
