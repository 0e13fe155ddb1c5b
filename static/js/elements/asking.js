// @ts-check
/** Dialogs that ask for something, do it, and stay open with the reason where it is refused. */
import { html, nothing, render } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { Lost, Refusal } from "../session/refusal.js";
import { reason } from "../view/words.js";

/** What went wrong, in words; raises what nobody could expect. */
export function words(/** @type {unknown} */ error) {
  if (error instanceof Lost) return gettext("The server did not answer. Try again.");
  if (error instanceof Refusal) return reason({ code: error.code, detail: error.message });
  throw error;
}

/**
 * Shows a dialog until it is done or closed. Resolves with whether it was done.
 * @param {object} asked
 * @param {string} asked.title
 * @param {string} asked.verb what its button says
 * @param {(redraw: () => void) => unknown} asked.fields
 * @param {() => Promise<unknown>} asked.act rejects with Refusal or Lost: then the reason is shown
 * @param {boolean} [asked.isGrave]
 * @returns {Promise<boolean>}
 */
export function ask({ title, verb, fields, act, isGrave = false }) {
  const place = document.createElement("div");
  document.body.append(place);
  let [error, isBusy, isDone] = ["", false, false];
  return new Promise((resolve) => {
    const draw = () => {
      render(
        html`<dialog class="confirm asking" aria-label=${title} @close=${end}>
          <form @submit=${submit}>
            <h2 class="asking__title">${title}</h2>
            ${fields(draw)}
            ${error ? html`<p class="asking__error" role="alert">${error}</p>` : nothing}
            <p class="button-row">
              <button class="button ${isGrave ? "button--grave" : ""}" ?disabled=${isBusy}>
                ${verb}
              </button>
              <button type="button" class="button button--quiet" @click=${cancel}>
                ${gettext("Cancel")}
              </button>
            </p>
          </form>
        </dialog>`,
        place,
      );
    };
    const dialog = () => place.querySelector("dialog");
    const cancel = () => dialog()?.close();
    const end = () => {
      place.remove();
      resolve(isDone);
    };
    const submit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      [error, isBusy] = ["", true];
      draw();
      try {
        await act();
        isDone = true;
        dialog()?.close();
      } catch (refusal) {
        error = refusal instanceof RangeError ? refusal.message : words(refusal);
      }
      isBusy = false;
      if (place.isConnected) draw();
    };
    draw();
    dialog()?.showModal();
  });
}
