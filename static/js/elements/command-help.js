// @ts-check
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { COMMANDS } from "../state/slash.js";

/** Shows which slash commands there are. */
export function showCommands() {
  const place = document.createElement("div");
  document.body.append(place);
  render(
    html`<dialog class="confirm asking" aria-label="Commands" @close=${() => place.remove()}>
      <h2 class="asking__title">Commands</h2>
      <dl class="command-help">
        ${COMMANDS.map(({ usage, about }) => html`<dt><code>${usage}</code></dt><dd>${about}</dd>`)}
        <dt><code>//text</code></dt>
        <dd>Say something that begins with a slash</dd>
      </dl>
      <form method="dialog" class="button-row"><button class="button" autofocus>Close</button></form>
    </dialog>`,
    place,
  );
  place.querySelector("dialog")?.showModal();
}
