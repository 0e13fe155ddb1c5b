// @ts-check
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { COMMANDS } from "../view/slash-words.js";

/** Shows which slash commands there are. */
export function showCommands() {
  const place = document.createElement("div");
  document.body.append(place);
  render(
    html`<dialog class="confirm asking" aria-label=${gettext("Commands")} @close=${() => place.remove()}>
      <h2 class="asking__title">${gettext("Commands")}</h2>
      <dl class="command-help">
        ${COMMANDS.map(({ usage, about }) => html`<dt><code dir="ltr">${usage}</code></dt><dd>${about}</dd>`)}
        <dt><code dir="ltr">${gettext("//text")}</code></dt>
        <dd>${gettext("Say something that begins with a slash")}</dd>
      </dl>
      <form method="dialog" class="button-row"><button class="button" autofocus>${gettext("Close")}</button></form>
    </dialog>`,
    place,
  );
  place.querySelector("dialog")?.showModal();
}
