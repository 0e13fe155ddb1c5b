// @ts-check
/**
 * What those who look after a room do about a member of it: mute, remove, ban; and what becomes of a
 * mute or a ban.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext } from "../all-words.js";
import { fieldTime } from "../state/when.js";
import { spanInWords } from "../view/until.js";
import { askWhy, choice } from "./asking-why.js";

const MINUTE = 60; // s
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** How long a mute or a ban lasts, in s. */
const LASTING = [10 * MINUTE, HOUR, 8 * HOUR, DAY, 7 * DAY, 30 * DAY];
const UNTIL_TIME = "until";
const FOR_GOOD = "for good";

/**
 * @param {ChatClient} client
 * @param {number} room
 * @param {number} user
 */
export function askMute(client, room, user) {
  const end = new End(false);
  const { name } = client.person(user);
  return askWhy(client, {
    title: gettext("Mute {name}", { name }),
    verb: gettext("Mute"),
    note: gettext("They read this room and write nothing in it. They are told until when and why."),
    fields: (redraw) => end.fields(redraw),
    act: (reason) =>
      client.api.change("PATCH", `rooms/${room}/members/${user}`, { muted_until: end.time, reason }),
    done: gettext("{name} is muted.", { name }),
  });
}

/**
 * @param {ChatClient} client
 * @param {number} room
 * @param {number} user
 */
export function askRemove(client, room, user) {
  const { name } = client.person(user);
  const isPublic = client.store.rooms.get(room)?.kind === "public";
  return askWhy(client, {
    title: gettext("Remove {name}", { name }),
    verb: gettext("Remove"),
    note: isPublic
      ? gettext("They are out at once, and told why. They may come back: ban them to prevent it.")
      : gettext("They are out at once, and told why. Only an invitation or a join link brings them back."),
    act: (reason) => client.api.post(`rooms/${room}/members/${user}/removal`, { reason }),
    done: gettext("{name} is out of the room.", { name }),
  });
}

/**
 * @param {ChatClient} client
 * @param {number} room
 * @param {number} user
 */
export function askBan(client, room, user) {
  const end = new End(true);
  const { name } = client.person(user);
  return askWhy(client, {
    title: gettext("Ban {name} from this room", { name }),
    verb: gettext("Ban"),
    note: gettext(
      "They are out at once, and no invitation or link leads back until then. They are told why.",
    ),
    fields: (redraw) => end.fields(redraw),
    act: (reason) => client.api.post(`rooms/${room}/bans`, { user, until: end.time, reason }),
    done: gettext("{name} is banned from this room.", { name }),
  });
}

/**
 * @param {ChatClient} client
 * @param {{id: number, kind: string, user: {name: string}}} sanction
 */
export function askLift(client, { id, kind, user: { name } }) {
  return askWhy(client, {
    title:
      kind === "mute" ? gettext("Let {name} write again?", { name }) : gettext("Let {name} join again?", { name }),
    verb: gettext("Lift"),
    isGrave: false,
    note: gettext("They are told. The reason is kept."),
    act: (reason) => client.api.post(`sanctions/${id}/lift`, { reason }),
  });
}

/**
 * Leaves a sanction as it is, against an appeal.
 * @param {ChatClient} client
 * @param {{id: number, user: {name: string}}} sanction
 */
export function askTurnDown(client, { id, user: { name } }) {
  return askWhy(client, {
    title: gettext("Turn down the appeal of {name}", { name }),
    verb: gettext("Turn down"),
    note: gettext("The answer is told to them. To agree, lift the sanction instead."),
    label: gettext("Answer"),
    act: (reason) => client.api.post(`sanctions/${id}/answer`, { reason }),
  });
}

/** When a mute or a ban ends, as it is chosen. */
class End {
  #isForBan;
  #chosen = String(DAY);
  #at = fieldTime(new Date(Date.now() + DAY * 1000));

  /** @param {boolean} isForBan which may also have no end */
  constructor(isForBan) {
    this.#isForBan = isForBan;
  }

  /** The end as the wire has it; null where there is none. */
  get time() {
    if (this.#chosen === FOR_GOOD) return null;
    if (this.#chosen !== UNTIL_TIME) {
      return new Date(Date.now() + Number(this.#chosen) * 1000).toISOString();
    }
    const at = new Date(this.#at);
    if (Number.isNaN(at.getTime())) throw new RangeError(gettext("Choose a day and a time."));
    return at.toISOString();
  }

  /** @param {() => void} redraw */
  fields(redraw) {
    /** @type {(readonly [number | string, string])[]} */
    const ends = LASTING.map((seconds) => [seconds, spanInWords(seconds)]);
    ends.push([UNTIL_TIME, gettext("Until a day and time")]);
    if (this.#isForBan) ends.push([FOR_GOOD, gettext("Until it is lifted")]);
    return html`${choice(gettext("For how long"), ends, this.#chosen, (value) => {
        this.#chosen = value;
        redraw();
      })}
      ${this.#chosen === UNTIL_TIME
        ? html`<label class="asking__field"
            >${gettext("Until")}
            <input
              class="input"
              type="datetime-local"
              required
              .value=${this.#at}
              @change=${(/** @type {Event} */ event) =>
                (this.#at = /** @type {HTMLInputElement} */ (event.target).value)}
          /></label>`
        : nothing}`;
  }
}
