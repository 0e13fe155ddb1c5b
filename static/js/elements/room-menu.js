// @ts-check
/** @typedef {import("../state/room.js").RoomState} RoomState */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { canMove, leave, move, want } from "../client/arranging.js";
import { inWords } from "../view/until.js";
import { ChatElement, put } from "./element.js";
import { menuGroup, menuItem, moveInMenu } from "./menu-items.js";
import { popUp } from "./popup.js";

const HOUR = 60 * 60 * 1000; // ms
/** For how long a room can be quiet. */
const PAUSES = /** @type {const} */ ([
  ["For an hour", HOUR],
  ["For 8 hours", 8 * HOUR],
  ["For a day", 24 * HOUR],
  ["For a week", 7 * 24 * HOUR],
]);
const LEVELS = /** @type {const} */ ([
  ["all", "bell", "Everything"],
  ["mentions", "at-sign", "Mentions"],
  ["nothing", "bell-off", "Nothing"],
]);

/** How one wants a room: on top, in which place, and of what it may tell. */
export class RoomMenu extends ChatElement {
  /** @type {RoomState | null} */
  #room = null;

  /**
   * @param {RoomState} room
   * @param {HTMLElement} opener
   */
  open(room, opener) {
    this.#room = room;
    this.setAttribute("role", "dialog");
    this.setAttribute("aria-label", room.name);
    this.paint();
    popUp(this, opener);
    this.querySelector("button")?.focus();
  }

  async #explain(/** @type {RoomState} */ room) {
    const { UnreadDialog } = await import("./unread-dialog.js");
    void put(UnreadDialog, this.client).ask(room);
  }

  template() {
    const room = this.#room;
    if (!room) return nothing;
    const { client } = this;
    const isQuiet = room.quietUntil !== null && room.quietUntil > Date.now();
    return html`<div
      class="menu"
      role="menu"
      aria-label=${room.name}
      @keydown=${moveInMenu}
      @click=${() => this.hidePopover()}
    >
      ${room.unread.count > 0
        ? menuItem("circle-help", "Why is this unread?", () => this.#explain(room))
        : nothing}
      ${menuItem("star", room.favourite ? "No favourite any more" : "Favourite", () =>
        want(client, room, { favourite: !room.favourite }),
      )}
      ${canMove(client, room, "up")
        ? menuItem("arrow-up", "Move up", () => move(client, room, "up"))
        : nothing}
      ${canMove(client, room, "down")
        ? menuItem("arrow-down", "Move down", () => move(client, room, "down"))
        : nothing}
      ${menuGroup(
        "Tell me about",
        LEVELS.map(([notify, sign, label]) =>
          menuItem(sign, label, () => want(client, room, { notify }), room.notify === notify),
        ),
      )}
      ${menuGroup(
        isQuiet ? `Quiet ${inWords(room.quietUntil)}` : "Quiet",
        isQuiet
          ? [menuItem("volume-2", "Be told again", () => want(client, room, { quiet_until: null }))]
          : PAUSES.map(([label, ms]) =>
              menuItem("volume-x", label, () =>
                want(client, room, { quiet_until: new Date(Date.now() + ms).toISOString() }),
              ),
            ),
      )}
      ${room.kind === "direct"
        ? nothing
        : menuGroup("This room", [
            menuItem("settings", "Settings", () =>
              location.assign(`${this.client.urls.rooms}${room.slug}/settings/`),
            ),
            menuItem("door-open", "Leave", () => leave(client, room)),
          ])}
    </div>`;
  }
}

customElements.define("room-menu", RoomMenu);
