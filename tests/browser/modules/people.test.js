// @ts-check
import { canMove, move } from "/static/js/client/arranging.js";
import { OwnList } from "/static/js/client/own-list.js";
import { statusOf } from "/static/js/view/status.js";
import { agoInWords, ahead, inWords } from "/static/js/view/until.js";
import { equal, ok } from "./assert.js";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const MINUTE = 60_000; // ms
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function room(id, name, more = {}) {
  return { id, name, kind: "public", favourite: false, place: null, ...more };
}

/** A list over these rooms, and what it asked of the server. */
function listOf(...rooms) {
  const asked = [];
  const store = { rooms: new Map(rooms.map((each) => [each.id, each])) };
  const api = { change: async (method, path, fields) => asked.push([method, path, fields]) };
  const client = { store, api, refused: () => {} };
  client.ownList = new OwnList(client);
  return { client, list: client.ownList, asked };
}

const ids = (rooms) => rooms.map(({ id }) => id);

export function rooms_with_a_place_come_first_and_the_others_follow_by_name() {
  const { list } = listOf(
    room(1, "b"),
    room(2, "a"),
    room(3, "z", { place: 0 }),
    room(4, "c", { favourite: true }),
    room(5, "d", { kind: "direct" }),
  );
  const { favourites, rooms, direct } = list.lists;
  equal([ids(favourites), ids(rooms), ids(direct)], [[4], [3, 2, 1], [5]]);
}

export async function a_room_moves_within_its_section_and_all_are_given_their_place() {
  const rooms = [room(1, "a"), room(2, "b"), room(3, "c"), room(4, "d", { kind: "direct" })];
  const { client, asked } = listOf(...rooms);
  await move(client, rooms[2], rooms[0]);
  await move(client, rooms[0], "down");
  const orders = asked.map(([, , fields]) => fields.rooms);
  equal(orders, [
    [3, 1, 2, 4],
    [2, 1, 3, 4],
  ]);
}

export async function a_room_at_the_end_goes_no_further() {
  const rooms = [room(1, "a"), room(2, "b"), room(3, "c", { favourite: true })];
  const { client, asked } = listOf(...rooms);
  ok(!canMove(client, rooms[0], "up") && canMove(client, rooms[0], "down"));
  await move(client, rooms[0], "up");
  await move(client, rooms[0], rooms[2]); // in another section
  equal(asked, []);
}

export function a_status_holds_until_its_time() {
  const status = { status: "away", status_emoji: "🌴" };
  const past = new Date(Date.now() - MINUTE).toISOString();
  const soon = new Date(Date.now() + MINUTE).toISOString();
  equal(statusOf(status), { text: "away", emoji: "🌴" });
  equal(statusOf({ ...status, status_until: soon }), { text: "away", emoji: "🌴" });
  equal(statusOf({ ...status, status_until: past }), { text: "", emoji: "" });
}

export function what_is_over_is_not_ahead() {
  equal(ahead("2026-11-21T12:00:00Z", NOW), null);
  equal(ahead("2026-11-21T12:00:01Z", NOW), NOW + 1000);
  equal([ahead(null, NOW), ahead(undefined, NOW)], [null, null]);
}

export function times_are_told_in_words() {
  equal(agoInWords(NOW - MINUTE, NOW), "just now");
  equal(agoInWords(NOW + HOUR, NOW), "just now"); // another clock
  equal(agoInWords(NOW - 5 * MINUTE, NOW), "5 minutes ago");
  equal(agoInWords(NOW - 3 * HOUR, NOW), "3 hours ago");
  equal(agoInWords(NOW - DAY, NOW), "yesterday");
  ok(inWords(NOW + HOUR, NOW).startsWith("until "));
  ok(/day/.test(inWords(NOW + 3 * DAY, NOW)), inWords(NOW + 3 * DAY, NOW));
  equal(inWords(null), "");
}
