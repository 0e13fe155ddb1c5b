// @ts-check
/** @typedef {import("./message-progress.js").Shown} Shown */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, language } from "../all-words.js";
import { drawnEmoji } from "../view/emoji.js";
import { avatar } from "../view/pieces.js";
import { ChatElement } from "./element.js";
import { popUp } from "./popup.js";

/** Who put an emoji on a message, all of them. */
export class ReactionList extends ChatElement {
  /** @type {{emoji: string, users: number[]} | null} */
  #reaction = null;

  /**
   * @param {Shown} message
   * @param {string} emoji
   * @param {HTMLElement} opener
   */
  open(message, emoji, opener) {
    const reactions = this.client.messages.reactionsOf(message);
    this.#reaction = reactions.find((reaction) => reaction.emoji === emoji) ?? null;
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", gettext("Who reacted"));
    this.paint();
    popUp(this, opener, true);
    this.tabIndex = -1; // nothing in it can be pressed: it is read
    this.focus();
  }

  template() {
    if (!this.#reaction) return nothing;
    const { emoji, users } = this.#reaction;
    return html`<p class="reaction-list__emoji">${drawnEmoji(emoji)} ${users.length.toLocaleString(language)}</p>
      <ul class="reaction-list__people" role="list">
        ${users.map((user) => {
          const person = this.client.person(user);
          return html`<li>${avatar(person, "small")} <bdi>${person.name}</bdi></li>`;
        })}
      </ul>`;
  }
}

customElements.define("reaction-list", ReactionList);
