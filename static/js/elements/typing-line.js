// @ts-check
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { typingText } from "../view/words.js";
import { ChatElement } from "./element.js";

/** Who is typing in the open room. It keeps its height when nobody is. */
class TypingLine extends ChatElement {
  static topics = ["typing", "room"];

  template() {
    const { client } = this;
    const users = client.openRoom === null ? [] : client.presence.typingIn(client.openRoom);
    const text = typingText(users.map((user) => client.person(user).name));
    if (!text) return nothing;
    return html`<span class="typing-line__dots" aria-hidden="true"><i></i><i></i><i></i></span
      ><span>${text}</span>`;
  }
}

customElements.define("typing-line", TypingLine);
