// @ts-check
/**
 * How a room is kept calm: slower, read-only, locked, archived.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {import("../state/room.js").RoomState} RoomState
 */
import { gettext } from "../all-words.js";
import { spanInWords } from "../view/until.js";
import { askWhy, choice } from "./asking-why.js";

const MINUTE = 60; // s
const HOUR = 60 * MINUTE;
const PAUSES = [0, 5, 10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR]; // s

/**
 * @param {ChatClient} client
 * @param {RoomState} room
 */
export function askSlowMode(client, room) {
  let pause = String(room.slowMode);
  const pauses = [...new Set([...PAUSES, room.slowMode])].sort((a, b) => a - b);
  return askWhy(client, {
    title: gettext("Slow mode"),
    verb: gettext("Change"),
    isGrave: false,
    note: gettext("How long a member waits between two messages. Owners and moderators need not."),
    fields: () =>
      choice(
        gettext("Pause"),
        pauses.map((each) => [each, each === 0 ? gettext("Off") : spanInWords(each)]),
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
    title: on ? gettext("Make the room read-only?") : gettext("Let all members write?"),
    verb: on ? gettext("Make read-only") : gettext("Let write"),
    isGrave: false,
    note: on
      ? gettext("Owners and moderators write, the other members read.")
      : gettext("Every member may write again."),
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
    title: on ? gettext("Lock the room?") : gettext("Open the room?"),
    verb: on ? gettext("Lock") : gettext("Unlock"),
    isGrave: on,
    note: on
      ? gettext("Everybody reads, and nobody writes until it is unlocked.")
      : gettext("It can be written in again."),
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
    title: on ? gettext("Archive the room?") : gettext("Bring the room back?"),
    verb: on ? gettext("Archive") : gettext("Bring back"),
    isGrave: on,
    note: on
      ? gettext("Out of the directory, closed for writing; what was said stays to be read.")
      : gettext("Back in the directory, and open for writing."),
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
