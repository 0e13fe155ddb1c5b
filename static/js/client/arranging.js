// @ts-check
/**
 * Changes the member's own list of rooms. It is kept by the server, and all the member's devices are
 * told (`seats`). Loaded when something of it is first used.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {import("../state/room.js").RoomState} RoomState
 */
import { gettext } from "../all-words.js";

/**
 * Changes how one wants a room.
 * @param {ChatClient} client
 * @param {RoomState} room
 * @param {{notify?: string, favourite?: boolean, quiet_until?: string | null}} wanted
 */
export async function want(client, room, wanted) {
  await told(client, client.api.change("PATCH", `rooms/${room.id}/membership`, wanted));
}

/**
 * Gives up one's seat in a room, if that is meant.
 * @param {ChatClient} client
 * @param {RoomState} room
 */
export async function leave(client, room) {
  if (!(await meansToLeave(room))) return;
  await told(client, client.api.change("DELETE", `rooms/${room.id}/membership`));
}

/** Asks once more: into a private room one does not come back alone. */
export async function meansToLeave(/** @type {RoomState} */ room) {
  const { confirmed } = await import("../elements/confirm-dialog.js");
  const question =
    room.kind === "private"
      ? gettext("Leave {room}? Only an invitation brings you back.", { room: room.name })
      : gettext("Leave {room}?", { room: room.name });
  return confirmed(question, gettext("Leave"));
}

/**
 * Puts a room in the place of another of its section, or one step up or down.
 * @param {ChatClient} client
 * @param {RoomState} room
 * @param {RoomState | "up" | "down"} where
 */
export async function move(client, room, where) {
  const section = sectionOf(client, room);
  const from = section.indexOf(room);
  const to = typeof where === "string" ? from + (where === "up" ? -1 : 1) : section.indexOf(where);
  if (to < 0 || to >= section.length || to === from) return;
  section.splice(from, 1);
  section.splice(to, 0, room);
  const { favourites, rooms, direct } = client.ownList.lists;
  const all = [favourites, rooms, direct].map((each) => (each.includes(room) ? section : each));
  const order = all.flat().map((each) => each.id);
  await told(client, client.api.change("PUT", "rooms/order", { rooms: order }));
}

/**
 * Whether a room could go one step further that way.
 * @param {ChatClient} client
 * @param {RoomState} room
 * @param {"up" | "down"} way
 */
export function canMove(client, room, way) {
  const section = sectionOf(client, room);
  return room !== (way === "up" ? section[0] : section[section.length - 1]);
}

/**
 * @param {ChatClient} client
 * @param {RoomState} room
 */
function sectionOf(client, room) {
  const { favourites, rooms, direct } = client.ownList.lists;
  return [favourites, rooms, direct].find((section) => section.includes(room)) ?? [];
}

/**
 * Waits for an answer; a refusal is told.
 * @param {ChatClient} client
 * @param {Promise<unknown>} asked
 */
async function told(client, asked) {
  await asked.catch((error) => client.refused(error));
}
