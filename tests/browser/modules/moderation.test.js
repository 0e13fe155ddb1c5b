// @ts-check
import { Verdicts } from "/static/js/client/verdicts.js";
import { ComposerClosed } from "/static/js/elements/composer-closed.js";
import { Emitter } from "/static/js/emitter.js";
import { RoomState } from "/static/js/state/room.js";
import { spanInWords } from "/static/js/view/until.js";
import { equal, ok } from "./assert.js";
import { FakeClock } from "./fake-clock.js";

const ME = 7;
const HOUR = 3_600_000; // ms
const ROW = {
  id: 1, kind: "public", slug: "a", name: "A", version: 1, last_seq: 0, read_seq: 0, unread: 0,
  mentions: 0, notify: "all", role: "member",
};

/** A member of one room, as far as moderation asks of the page. */
function page(more = {}) {
  const room = new RoomState({ ...ROW, ...more }, ME);
  const client = new Emitter();
  const told = [];
  client.on("verdict", (notice) => told.push(notice.text));
  Object.assign(client, {
    room,
    clock: new FakeClock(),
    skew: 0,
    store: { rooms: new Map([[1, room]]) },
    urls: { standing: "/standing/" },
    api: { read: async () => ({ sanctions: [] }) },
  });
  client.verdicts = new Verdicts(client);
  return { client, room, told };
}

export function who_is_muted_may_not_write_until_they_may_again() {
  const { client, room, told } = page();
  ok(room.isWritable);
  const until = new Date(Date.now() + HOUR).toISOString();
  client.verdicts.told({ about: "mute", text: "muted", room: 1, until, sanction: 3 });
  ok(!room.isWritable);
  client.verdicts.told({ about: "mute", text: "not any more", room: 1 });
  ok(room.isWritable);
  equal(told, ["muted", "not any more"]);
}

export function in_a_read_only_room_a_member_who_is_made_moderator_may_write() {
  const { room } = page({ writers: "stewards" });
  ok(!room.isWritable);
  room.takeMembers([{ user: ME, role: "moderator", version: 5, name: "", username: "", avatar: null }]);
  ok(room.isWritable);
  room.takeMembers([{ user: ME, role: "member", version: 4, name: "", username: "", avatar: null }]);
  ok(room.isWritable, "an older row changes nothing");
}

export function the_field_comes_back_when_a_mute_is_over_by_the_clock_of_the_server() {
  const { client, room } = page({ muted_until: new Date(Date.now() + HOUR).toISOString() });
  client.skew = HOUR / 2; // this browser's clock is slow
  const closed = new ComposerClosed();
  closed.client = client;
  document.body.append(closed);
  ok(closed.textContent.includes("You are muted here until"));
  client.clock.pass(HOUR / 2 - 5000);
  ok(!room.isWritable);
  client.skew += HOUR / 2; // of this test alone: real time stands still
  client.clock.pass(10_000);
  ok(room.isWritable);
  closed.remove();
}

export function why_one_is_out_of_a_room_is_known_until_one_is_in_it_again() {
  const { client } = page();
  client.verdicts.told({ about: "ban", text: "You are banned from A.", room: 1, sanction: 4 });
  equal(client.verdicts.whyOutOf(1).sanction, 4);
  client.verdicts.back(1);
  equal(client.verdicts.whyOutOf(1), null);
}

export function a_span_is_told_in_the_largest_unit_that_fits() {
  equal([30, 60, 300, 90, 3600, 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600].map(spanInWords), [
    "30 seconds", "1 minute", "5 minutes", "90 seconds", "1 hour",
    "1 day", "1 week", "30 days",
  ]);
}
