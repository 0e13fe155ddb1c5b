// @ts-check
/**
 * What those who look after a room do in it, each with a reason, which is told and kept. Each resolves
 * with whether it was done.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {import("../state/room.js").RoomState} RoomState
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { fieldTime } from "../state/when.js";
import { spanInWords } from "../view/until.js";
import { ask } from "./asking.js";

const MINUTE = 60; // s
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** How long a mute or a ban lasts, in s. */
const LASTING = /** @type {const} */ ([
  [10 * MINUTE, "10 minutes"],
  [HOUR, "1 hour"],
  [8 * HOUR, "8 hours"],
  [DAY, "1 day"],
  [7 * DAY, "1 week"],
  [30 * DAY, "30 days"],
]);
const UNTIL_TIME = "until";
const FOR_GOOD = "for good";
/** Of how many hours what somebody said is deleted. */
const LATELY = /** @type {const} */ ([
  [1, "1 hour"],
  [24, "1 day"],
  [7 * 24, "1 week"],
  [30 * 24, "30 days"],
]);
const PAUSES = [0, 5, 10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR]; // s

/**
 * Deletes a message of another member.
 * @param {ChatClient} client
 * @param {{id: number, author: number}} message
 */
export function askDelete(client, { id, author }) {
  return askWhy(client, {
    title: `Delete the message of ${client.person(author).name}?`,
    verb: "Delete",
    note: "They are told, with the reason. You can restore it.",
    act: (reason) => client.api.post(`messages/${id}/removal`, { reason }),
  });
}

/**
 * Brings back what a moderator deleted.
 * @param {ChatClient} client
 * @param {{id: number}} message
 */
export async function restore(client, { id }) {
  try {
    await client.api.post(`messages/${id}/restore`, { reason: "" });
  } catch (error) {
    client.refused(error);
  }
}

/**
 * Deletes what somebody said in a room lately.
 * @param {ChatClient} client
 * @param {number} room
 * @param {number} user
 */
export function askPurge(client, room, user) {
  let hours = "24";
  const { name } = client.person(user);
  return askWhy(client, {
    title: `Delete what ${name} said here`,
    verb: "Delete",
    note: "They are told, with the reason. You can restore each message.",
    fields: () =>
      choice("Of the last", LATELY, hours, (value) => {
        hours = value;
      }),
    act: async (reason) => {
      const path = `rooms/${room}/members/${user}/purge`;
      const { deleted, most } = await client.api.post(path, { hours: Number(hours), reason });
      client.tell(
        "notice",
        deleted < most
          ? `${deleted} messages of ${name} were deleted.`
          : `${deleted} messages of ${name} were deleted. There may be more: do it again.`,
      );
    },
  });
}

/**
 * @param {ChatClient} client
 * @param {number} room
 * @param {number} user
 */
export function askMute(client, room, user) {
  const end = new End(false);
  const { name } = client.person(user);
  return askWhy(client, {
    title: `Mute ${name}`,
    verb: "Mute",
    note: "They read this room and write nothing in it. They are told until when and why.",
    fields: (redraw) => end.fields(redraw),
    act: (reason) =>
      client.api.change("PATCH", `rooms/${room}/members/${user}`, { muted_until: end.time, reason }),
    done: `${name} is muted.`,
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
    title: `Remove ${name}`,
    verb: "Remove",
    note: isPublic
      ? "They are out at once, and told why. They may come back: ban them to prevent it."
      : "They are out at once, and told why. Only an invitation or a join link brings them back.",
    act: (reason) => client.api.post(`rooms/${room}/members/${user}/removal`, { reason }),
    done: `${name} is out of the room.`,
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
    title: `Ban ${name} from this room`,
    verb: "Ban",
    note: "They are out at once, and no invitation or link leads back until then. They are told why.",
    fields: (redraw) => end.fields(redraw),
    act: (reason) => client.api.post(`rooms/${room}/bans`, { user, until: end.time, reason }),
    done: `${name} is banned from this room.`,
  });
}

/**
 * @param {ChatClient} client
 * @param {{id: number, kind: string, user: {name: string}}} sanction
 */
export function askLift(client, { id, kind, user }) {
  return askWhy(client, {
    title: kind === "mute" ? `Let ${user.name} write again?` : `Let ${user.name} join again?`,
    verb: "Lift",
    isGrave: false,
    note: "They are told. The reason is kept.",
    act: (reason) => client.api.post(`sanctions/${id}/lift`, { reason }),
  });
}

/**
 * Leaves a sanction as it is, against an appeal.
 * @param {ChatClient} client
 * @param {{id: number, user: {name: string}}} sanction
 */
export function askTurnDown(client, { id, user }) {
  return askWhy(client, {
    title: `Turn down the appeal of ${user.name}`,
    verb: "Turn down",
    note: "The answer is told to them. To agree, lift the sanction instead.",
    label: "Answer",
    act: (reason) => client.api.post(`sanctions/${id}/answer`, { reason }),
  });
}

/**
 * Decides a report, or leaves it to the moderators of the site.
 * @param {ChatClient} client
 * @param {{id: number}} report
 * @param {"resolved" | "dismissed" | "escalated"} status
 */
export function askDecision(client, { id }, status) {
  const [title, verb, note, label] = {
    resolved: ["Resolve the report", "Resolve", "It was right, and has been seen to.", "Told to who reported it"],
    dismissed: ["Dismiss the report", "Dismiss", "There is nothing to do about it.", "Told to who reported it"],
    escalated: ["Leave it to the site", "Escalate", "The moderators of the site decide it instead.", "Why"],
  }[status];
  return askWhy(client, {
    title,
    verb,
    note,
    label,
    isGrave: false,
    act: (outcome) => client.api.change("PATCH", `reports/${id}`, { status, outcome }),
  });
}

/**
 * Lets a message that a filter held never be posted.
 * @param {ChatClient} client
 * @param {{id: number, author: {name: string}}} held
 */
export function askReject(client, { id, author }) {
  return askWhy(client, {
    title: `Reject the message of ${author.name}`,
    verb: "Reject",
    note: "It is never posted. They are told, with the reason.",
    act: (reason) => client.api.post(`held/${id}/reject`, { reason }),
  });
}

/**
 * @param {ChatClient} client
 * @param {RoomState} room
 */
export function askSlowMode(client, room) {
  let pause = String(room.slowMode);
  const pauses = [...new Set([...PAUSES, room.slowMode])].sort((a, b) => a - b);
  return askWhy(client, {
    title: "Slow mode",
    verb: "Change",
    isGrave: false,
    note: "How long a member waits between two messages. Owners and moderators need not.",
    fields: () =>
      choice(
        "Pause",
        pauses.map((each) => [each, each === 0 ? "Off" : spanInWords(each)]),
        pause,
        (value) => {
          pause = value;
        },
      ),
    act: (reason) => change(client, room, { slow_mode: Number(pause), reason }),
  });
}

/**
 * @param {ChatClient} client
 * @param {RoomState} room
 */
export function askReadOnly(client, room) {
  const on = room.writers !== "stewards";
  return askWhy(client, {
    title: on ? "Make the room read-only?" : "Let all members write?",
    verb: on ? "Make read-only" : "Let write",
    isGrave: false,
    note: on ? "Owners and moderators write, the other members read." : "Every member may write again.",
    act: (reason) => change(client, room, { writers: on ? "stewards" : "members", reason }),
  });
}

/**
 * @param {ChatClient} client
 * @param {RoomState} room
 */
export function askLock(client, room) {
  const on = !room.locked;
  return askWhy(client, {
    title: on ? "Lock the room?" : "Open the room?",
    verb: on ? "Lock" : "Unlock",
    isGrave: on,
    note: on ? "Everybody reads, and nobody writes until it is unlocked." : "It can be written in again.",
    act: (reason) => change(client, room, { locked: on, reason }),
  });
}

/**
 * @param {ChatClient} client
 * @param {RoomState} room
 */
export function askArchive(client, room) {
  const on = !room.archived;
  return askWhy(client, {
    title: on ? "Archive the room?" : "Bring the room back?",
    verb: on ? "Archive" : "Bring back",
    isGrave: on,
    note: on
      ? "Out of the directory, closed for writing; what was said stays to be read."
      : "Back in the directory, and open for writing.",
    act: (reason) => change(client, room, { archived: on, reason }),
  });
}

/**
 * @param {ChatClient} client
 * @param {RoomState} room
 * @param {Record<string, unknown>} fields
 */
function change(client, room, fields) {
  return client.api.change("PATCH", `rooms/${room.id}`, fields);
}

/**
 * @param {ChatClient} client
 * @param {object} asked
 * @param {string} asked.title
 * @param {string} asked.verb
 * @param {string} asked.note what it means, and who is told
 * @param {string} [asked.label]
 * @param {boolean} [asked.isGrave]
 * @param {(redraw: () => void) => unknown} [asked.fields]
 * @param {(reason: string) => Promise<unknown>} asked.act
 * @param {string} [asked.done] what is said when it is done
 */
function askWhy(client, { title, verb, note, label = "Reason", isGrave = true, fields, act, done }) {
  let reason = "";
  return ask({
    title,
    verb,
    isGrave,
    fields: (redraw) => html`<p class="confirm__note">${note}</p>
      ${fields ? fields(redraw) : nothing}
      <label class="asking__field"
        >${label}
        <input
          class="input"
          name="reason"
          autocomplete="off"
          maxlength=${client.limits.reason}
          @input=${(/** @type {Event} */ event) =>
            (reason = /** @type {HTMLInputElement} */ (event.target).value)}
        />
      </label>`,
    act: async () => {
      await act(reason);
      if (done) client.tell("notice", done);
    },
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
    if (Number.isNaN(at.getTime())) throw new RangeError("Choose a day and a time.");
    return at.toISOString();
  }

  /** @param {() => void} redraw */
  fields(redraw) {
    /** @type {(readonly [number | string, string])[]} */
    const ends = [...LASTING, [UNTIL_TIME, "Until a day and time"]];
    if (this.#isForBan) ends.push([FOR_GOOD, "Until it is lifted"]);
    return html`${choice("For how long", ends, this.#chosen, (value) => {
        this.#chosen = value;
        redraw();
      })}
      ${this.#chosen === UNTIL_TIME
        ? html`<label class="asking__field"
            >Until
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

/**
 * @param {string} label
 * @param {readonly (readonly [number | string, string])[]} options
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function choice(label, options, chosen, choose) {
  return html`<label class="asking__field"
    >${label}
    <select
      class="input"
      @change=${(/** @type {Event} */ event) =>
        choose(/** @type {HTMLSelectElement} */ (event.target).value)}
    >
      ${options.map(
        ([value, words]) =>
          html`<option value=${value} ?selected=${String(value) === chosen}>${words}</option>`,
      )}
    </select>
  </label>`;
}
