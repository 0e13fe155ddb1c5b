// @ts-check
/** @typedef {import("../state/room.js").RoomState} RoomState */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { canMove, leave, move, want } from "../client/arranging.js";
import { gettext } from "../all-words.js";
import { inWords, spanInWords } from "../view/until.js";
import { ChatElement, put } from "./element.js";
import { menuGroup, menuItem, moveInMenu } from "./menu-items.js";
import { popUp } from "./popup.js";

const HOUR = 60 * 60 * 1000; // ms
/** For how long a room can be quiet. */
const PAUSES = /** @type {const} */ ([
  [gettext("For an hour"), HOUR],
  [gettext("For {span}", { span: spanInWords(8 * 3600) }), 8 * HOUR],
  [gettext("For a day"), 24 * HOUR],
  [gettext("For a week"), 7 * 24 * HOUR],
]);
const LEVELS = /** @type {const} */ ([
  ["all", "bell", gettext("Everything")],
  ["mentions", "at-sign", gettext("Mentions")],
  ["nothing", "bell-off", gettext("Nothing")],
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
        ? menuItem("circle-help", gettext("Why is this unread?"), () => this.#explain(room))
        : nothing}
      ${menuItem(
        "star",
        room.favourite ? gettext("No favourite any more") : gettext("Favourite"),
        () => want(client, room, { favourite: !room.favourite }),
      )}
      ${canMove(client, room, "up")
        ? menuItem("arrow-up", gettext("Move up"), () => move(client, room, "up"))
        : nothing}
      ${canMove(client, room, "down")
        ? menuItem("arrow-down", gettext("Move down"), () => move(client, room, "down"))
        : nothing}
      ${menuGroup(
        gettext("Tell me about"),
        LEVELS.map(([notify, sign, label]) =>
          menuItem(sign, label, () => want(client, room, { notify }), room.notify === notify),
        ),
      )}
      ${menuGroup(
        isQuiet ? gettext("Quiet {until}", { until: inWords(room.quietUntil) }) : gettext("Quiet"),
        isQuiet
          ? [
              menuItem("volume-2", gettext("Be told again"), () =>
                want(client, room, { quiet_until: null }),
              ),
            ]
          : PAUSES.map(([label, ms]) =>
              menuItem("volume-x", label, () =>
                want(client, room, { quiet_until: new Date(Date.now() + ms).toISOString() }),
              ),
            ),
      )}
      ${room.kind === "direct"
        ? nothing
        : menuGroup(gettext("This room"), [
            menuItem("settings", gettext("Settings"), () =>
              location.assign(`${this.client.urls.rooms}${room.slug}/settings/`),
            ),
            menuItem("door-open", gettext("Leave"), () => leave(client, room)),
          ])}
    </div>`;
  }
}

customElements.define("room-menu", RoomMenu);
