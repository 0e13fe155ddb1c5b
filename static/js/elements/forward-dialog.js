// @ts-check
/**
 * @typedef {import("./message-progress.js").Shown} Shown
 * @typedef {import("../state/room.js").RoomState} RoomState
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { Lost, Refusal } from "../session/refusal.js";
import { uuid } from "../uuid.js";
import { roomSign } from "../view/pieces.js";
import { reason } from "../view/words.js";
import { ChatElement } from "./element.js";

/** Asks where to pass a message on to, and does it. */
export class ForwardDialog extends ChatElement {
  /** @type {Shown | null} */
  #message = null;
  #wanted = "";
  #error = "";
  /** @type {Map<number, string>} by room: so that trying again posts nothing twice */
  #clientIds = new Map();
  #isBusy = false;

  ask(/** @type {Shown} */ message) {
    this.#message = message;
    this.paint();
    this.querySelector("dialog")?.showModal();
  }

  template() {
    if (!this.#message) return nothing;
    const { client } = this;
    const isPrivate = client.store.rooms.get(this.#message.room)?.kind !== "public";
    const { name } = client.person(this.#message.author);
    return html`<dialog class="confirm" aria-labelledby="forward-title" @close=${this.remove}>
      <h2 id="forward-title" class="confirm__title">${gettext("Forward to…")}</h2>
      <p class="confirm__note">
        ${isPrivate
          ? gettext("It is shown as said by {name}, without the name of this room.", { name })
          : gettext("It is shown as said by {name}, with a link to where it was said.", { name })}
      </p>
      <input
        class="input"
        type="search"
        aria-label=${gettext("Find a room")}
        placeholder=${gettext("Find a room")}
        autocomplete="off"
        @input=${this.#typed}
      />
      ${this.#error ? html`<p class="editor__error" role="alert">${this.#error}</p>` : nothing}
      <ul class="forward__rooms" role="list">
        ${this.#rooms().map(
          (room) =>
            html`<li>
              <button
                type="button"
                class="menu__item"
                ?disabled=${this.#isBusy}
                @click=${() => this.#send(room)}
              >
                ${roomSign(room)} <span dir="auto">${room.name}</span>
              </button>
            </li>`,
        )}
      </ul>
      <form method="dialog"><button class="button button--quiet">${gettext("Cancel")}</button></form>
    </dialog>`;
  }

  #rooms() {
    const { favourites, rooms, direct } = this.client.ownList.lists;
    const wanted = this.#wanted.toLocaleLowerCase();
    return [...favourites, ...rooms, ...direct].filter(
      (room) =>
        room.isWritable && room.name.toLocaleLowerCase().includes(wanted),
    );
  }

  #typed(/** @type {Event} */ event) {
    this.#wanted = /** @type {HTMLInputElement} */ (event.target).value.trim();
    this.paint();
  }

  async #send(/** @type {RoomState} */ room) {
    const message = this.#message;
    if (!message || this.#isBusy) return;
    const clientId = this.#clientIds.get(room.id) ?? uuid();
    this.#clientIds.set(room.id, clientId);
    this.#isBusy = true;
    this.#error = "";
    this.paint();
    try {
      await this.client.messages.forward(message, room.id, clientId);
      this.client.tell("notice", gettext("Forwarded to {room}.", { room: room.name }));
      this.querySelector("dialog")?.close();
    } catch (error) {
      this.#error = words(error);
    }
    this.#isBusy = false;
    if (this.isConnected) this.paint();
  }
}

function words(/** @type {unknown} */ error) {
  if (error instanceof Lost) return gettext("The server did not answer. Try again.");
  if (error instanceof Refusal) return reason({ code: error.code, detail: error.message });
  throw error;
}

customElements.define("forward-dialog", ForwardDialog);
