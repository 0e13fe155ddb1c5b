// @ts-check
import { HOLD, SYNC_PATIENCE, SYNC_RETRY, Store } from "/static/js/state/store.js";
import { equal, ok } from "./assert.js";
import { FakeClock } from "./fake-clock.js";
import { ModelRoom, act } from "./model-room.js";
import { Random } from "./random.js";

const ROUNDS = 150;

/** A store that has greeted `room`, and every sync it asked for. */
function greeted(room) {
  const clock = new FakeClock();
  const asked = [];
  const store = new Store({
    me: 1,
    clock,
    askSync: (rooms) => asked.push({ ref: asked.length + 1, rooms }),
  });
  store.hello({ epoch: "one", rooms: [room.hello()] });
  const mine = store.rooms.get(room.id);
  mine.takeMessages(room.history().messages);
  store.membersPage(room.id, [...room.members.values()]);
  return { store, clock, asked, mine };
}

function answerAll(store, room, asked) {
  while (asked.length > 0) {
    const { ref, rooms } = asked.shift();
    store.receive(room.sync(rooms[room.id], ref));
  }
}

/** What the store holds equals what the server has. */
function assertSame(mine, room, what = "") {
  equal(mine.version, room.version, `${what} version`);
  equal(mine.name, room.info.name, `${what} name`);
  equal(mine.lastSeq, room.lastSeq, `${what} last seq`);
  for (const [seq, row] of mine.rows) equal(row, room.messages[seq - 1], `${what} message ${seq}`);
  const present = (rows) =>
    [...rows].filter((row) => row.role !== null).sort((a, b) => a.user - b.user);
  equal(present(mine.members.values()), present(room.members.values()), `${what} members`);
}

function roomWith(count) {
  const room = new ModelRoom(12);
  for (let each = 0; each < count; each += 1) room.post(2);
  return room;
}

export function a_frame_that_follows_is_applied() {
  const room = roomWith(3);
  const { store, mine } = greeted(room);
  const from = room.version;
  room.post(2);
  store.receive(room.live(from));
  assertSame(mine, room);
}

export function ones_own_new_role_counts_at_once_and_anothers_does_not() {
  const room = roomWith(1);
  const { store, mine } = greeted(room);
  equal(mine.role, "member");
  for (const [user, role] of [[2, "moderator"], [1, "owner"]]) {
    const from = room.version;
    const version = from + 1;
    const row = { user, username: `u${user}`, name: `U${user}`, avatar: null, role, version };
    const frame = { type: "changes", room: 12, from, to: version, messages: [], members: [row], info: null, more: false, reset: false, ref: null };
    room.version = version;
    store.receive(frame);
    equal(mine.role, user === 1 ? "owner" : "member");
  }
}

export function what_was_kept_of_a_room_is_taken_up_and_what_changed_since_is_asked_for() {
  const room = roomWith(3);
  const { version } = room;
  const { messages } = structuredClone(room.history());
  const kept = { version, messages, members: [...room.members.values()] };
  room.edit(2, "said otherwise");
  room.post(2);
  const asked = [];
  const askSync = (rooms) => asked.push({ ref: asked.length + 1, rooms });
  const store = new Store({ me: 1, clock: new FakeClock(), askSync });
  store.hello({ epoch: "one", rooms: [room.hello()] });
  const mine = store.rooms.get(room.id);
  const { count } = mine.unread;
  store.recall(room.id, kept);
  equal([...mine.rows.keys()], [1, 2, 3]);
  equal(asked.map(({ rooms }) => rooms), [{ 12: version }]);
  answerAll(store, room, asked);
  assertSame(mine, room);
  equal(mine.unread.count, count, "what the server counted is not counted twice:");
  store.recall(room.id, kept);
  assertSame(mine, room, "what is held is newer:");
  equal(asked, []);
}

export function a_frame_that_is_old_changes_nothing() {
  const room = roomWith(3);
  const from = room.version;
  room.post(2, { body: "first" });
  const old = room.live(from);
  room.edit(4, "second");
  const { store, mine } = greeted(room);
  store.receive(old);
  equal(mine.rows.get(4).body, "second");
  equal(mine.version, room.version);
}

export function an_early_frame_waits_for_the_missing_one() {
  const room = roomWith(3);
  const { store, mine, asked, clock } = greeted(room);
  const from = room.version;
  room.post(2);
  const first = room.live(from);
  const between = room.version;
  room.post(3);
  store.receive(room.live(between));
  equal(mine.lastSeq, 3);
  clock.pass(HOLD - 1);
  store.receive(first);
  assertSame(mine, room);
  clock.pass(SYNC_PATIENCE);
  equal(asked, [], "no sync was needed, but");
}

export function a_gap_that_stays_is_synced() {
  const room = roomWith(3);
  const { store, mine, asked, clock } = greeted(room);
  const known = room.version;
  room.post(2);
  const between = room.version;
  room.post(3);
  store.receive(room.live(between));
  clock.pass(HOLD);
  equal(asked, [{ ref: 1, rooms: { 12: known } }]);
  answerAll(store, room, asked);
  assertSame(mine, room);
}

export function a_sync_without_answer_is_asked_again() {
  const room = roomWith(3);
  const { store, asked, clock } = greeted(room);
  store.lagged([12]);
  clock.pass(SYNC_PATIENCE);
  equal(asked.length, 2);
}

export function a_sync_refused_for_the_moment_is_asked_again() {
  const room = roomWith(3);
  const { store, asked, clock } = greeted(room);
  store.lagged([12]);
  store.syncRefused({ ref: 1, room: 12, code: "rate_limited" });
  clock.pass(SYNC_RETRY);
  equal(asked.length, 2);
}

export function a_sync_that_finds_no_room_forgets_the_room() {
  const { store } = greeted(roomWith(3));
  store.lagged([12]);
  store.syncRefused({ ref: 1, room: 12, code: "not_found" });
  equal(store.rooms.size, 0);
}

export function a_sync_in_pages_is_read_to_its_end() {
  const room = roomWith(3);
  const { store, mine, asked } = greeted(room);
  for (let each = 0; each < 23; each += 1) room.post(2);
  room.edit(5, "posted early in the pages, edited late");
  store.lagged([12]);
  answerAll(store, room, asked);
  assertSame(mine, room);
  equal(mine.rows.size, 26);
}

export function a_reset_takes_the_place_of_what_was_cached() {
  const room = roomWith(3);
  const { store, mine, asked } = greeted(room);
  for (let each = 0; each < 100; each += 1) room.post(2);
  room.remove(1);
  store.lagged([12]);
  answerAll(store, room, asked);
  equal([...mine.rows.keys()].sort((a, b) => a - b)[0], 84);
  assertSame(mine, room);
}

export function a_late_reset_does_not_lead_back() {
  const room = roomWith(50);
  const { store, mine } = greeted(room);
  const late = room.sync(0, 99);
  ok(late.reset, "the model did not reset");
  const from = room.version;
  room.post(2);
  store.receive(room.live(from));
  store.receive(late);
  assertSame(mine, room);
}

export function another_epoch_throws_the_cache_away() {
  const room = roomWith(30);
  const { store, mine, asked } = greeted(room);
  const restored = new ModelRoom(12);
  restored.post(3, { body: "another history" });
  store.hello({ epoch: "two", rooms: [restored.hello()] });
  equal(mine.rows.size, 0);
  equal(mine.lastSeq, 1);
  equal(mine.version, restored.version);
  equal(asked, []);
}

export function a_version_beyond_the_rooms_is_reset_by_the_server() {
  const room = roomWith(30);
  const { store, mine, asked } = greeted(room);
  const restored = roomWith(10);
  store.hello({ epoch: "one", rooms: [restored.hello()] });
  answerAll(store, restored, asked);
  assertSame(mine, restored);
}

export function hello_after_an_absence_syncs_what_is_held_and_adopts_the_rest() {
  const room = roomWith(3);
  const { store, mine, asked } = greeted(room);
  const unseen = new ModelRoom(13);
  store.hello({ epoch: "one", rooms: [room.hello(), unseen.hello()] });
  equal(asked, []);
  room.post(2);
  unseen.post(2);
  store.hello({ epoch: "one", rooms: [room.hello(), unseen.hello()] });
  equal(asked.length, 1);
  equal(Object.keys(asked[0].rooms), ["12"]);
  answerAll(store, room, asked);
  assertSame(mine, room);
  equal(store.rooms.get(13).version, unseen.version);
  equal(store.rooms.get(13).unread.count, 1);
}

export function a_room_missing_from_hello_is_left() {
  const room = roomWith(3);
  const { store } = greeted(room);
  const left = [];
  store.on("left", (id) => left.push(id));
  store.hello({ epoch: "one", rooms: [] });
  equal(left, [12]);
}

export function a_room_joined_again_starts_anew() {
  const room = roomWith(3);
  const { store } = greeted(room);
  store.left(12);
  room.post(2);
  store.joined(room.hello());
  const mine = store.rooms.get(12);
  equal(mine.rows.size, 0);
  const from = room.version;
  room.post(3);
  store.receive(room.live(from));
  equal([...mine.rows.keys()], [5]);
}

export function a_page_of_history_older_than_a_change_does_not_undo_it() {
  const room = roomWith(40);
  const { store, mine } = greeted(room);
  const page = room.history({ before: 21 });
  const from = room.version;
  room.edit(3, "changed while the page was under way");
  store.receive(room.live(from));
  store.history(12, page);
  equal(mine.rows.get(3).body, "changed while the page was under way");
  assertSame(mine, room);
}

export function a_list_of_members_older_than_a_change_does_not_undo_it() {
  const room = roomWith(3);
  const { store, mine } = greeted(room);
  const list = [...room.members.values()];
  const from = room.version;
  room.leave(1);
  store.receive(room.live(from));
  store.membersPage(12, list);
  equal(mine.members.get(1).role, null);
}

export function a_page_of_history_newer_than_the_changes_is_kept() {
  const room = roomWith(40);
  const { store, mine } = greeted(room);
  const from = room.version;
  room.edit(3, "first");
  const late = room.live(from);
  room.edit(3, "second");
  store.history(12, room.history({ before: 21 }));
  store.receive(late);
  equal(mine.rows.get(3).body, "second");
}

/**
 * Any history, delivered with frames lost, doubled and in disorder, over sockets that come and go,
 * ends in the server's state.
 */
export function any_delivery_ends_in_the_same_state() {
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    const random = new Random(seed);
    const room = roomWith(random.below(30));
    const { store, mine, asked, clock } = greeted(room);
    let under_way = [];
    let told = room.version;
    for (let step = 0; step < 60; step += 1) {
      for (let each = random.below(4); each >= 0; each -= 1) act(room, random);
      if (random.chance(0.8)) {
        under_way.push(room.live(told));
        told = room.version;
      }
      if (random.chance(0.2)) under_way.push(random.pick([...under_way, room.live(told)]));
      if (random.chance(0.3)) random.shuffle(under_way);
      if (random.chance(0.15)) under_way.splice(random.below(under_way.length), 1);
      while (under_way.length > 0 && random.chance(0.7)) store.receive(under_way.shift());
      if (random.chance(0.3)) clock.pass(random.below(2 * HOLD));
      if (asked.length > 0 && random.chance(0.5)) {
        const { ref, rooms } = asked.shift();
        under_way.push(room.sync(rooms[12], ref));
      }
      if (random.chance(0.3)) store.history(12, room.history({ before: 1 + random.below(room.lastSeq + 1) }));
      if (random.chance(0.05)) {
        under_way = [];
        asked.length = 0;
        store.hello({ epoch: "one", rooms: [room.hello()] });
        told = room.version;
      }
    }
    for (const frame of under_way) store.receive(frame);
    answerAll(store, room, asked);
    store.lagged([12]);
    answerAll(store, room, asked);
    clock.pass(SYNC_PATIENCE);
    answerAll(store, room, asked);
    assertSame(mine, room, `seed ${seed}:`);
    ok(!store.isCatchingUp(12), `seed ${seed}: still waits`);
  }
}

/** From every version that a client may hold, sync leads to the present. */
export function sync_leads_to_the_present_from_every_version() {
  const random = new Random(7);
  const room = new ModelRoom(12);
  const snapshots = [];
  for (let step = 0; step < 60; step += 1) {
    act(room, random);
    const { mine, store, asked } = greeted(room);
    snapshots.push({ mine, store, asked });
  }
  for (const { mine, store, asked } of snapshots) {
    store.lagged([12]);
    answerAll(store, room, asked);
    assertSame(mine, room);
  }
}
