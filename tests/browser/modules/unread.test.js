// @ts-check
import { Store } from "/static/js/state/store.js";
import { equal } from "./assert.js";
import { FakeClock } from "./fake-clock.js";
import { ModelRoom, act } from "./model-room.js";
import { Random } from "./random.js";

function greeted(room) {
  const store = new Store({ me: 1, clock: new FakeClock(), askSync: () => null });
  store.hello({ epoch: "one", rooms: [room.hello()] });
  return { store, mine: store.rooms.get(room.id) };
}

function tell(store, room, verb) {
  const from = room.version;
  verb();
  store.receive(room.live(from));
}

function counts(mine) {
  return [mine.unread.count, mine.unread.mentions];
}

export function messages_of_others_count_and_ones_own_do_not() {
  const room = new ModelRoom(12);
  const { store, mine } = greeted(room);
  tell(store, room, () => room.post(2));
  tell(store, room, () => room.post(3, { mentions: [1] }));
  equal(counts(mine), [2, 1]);
}

export function writing_oneself_reads_all_before() {
  const room = new ModelRoom(12);
  const { store, mine } = greeted(room);
  tell(store, room, () => room.post(2));
  tell(store, room, () => room.post(1));
  equal(counts(mine), [0, 0]);
  equal(mine.unread.readSeq, 2);
}

export function a_deleted_message_counts_no_more() {
  const room = new ModelRoom(12);
  const { store, mine } = greeted(room);
  tell(store, room, () => room.post(2, { mentions: [1] }));
  tell(store, room, () => room.post(2));
  tell(store, room, () => room.remove(1));
  equal(counts(mine), [1, 0]);
}

export function the_position_never_goes_back() {
  const room = new ModelRoom(12);
  const { store, mine } = greeted(room);
  for (let each = 0; each < 5; each += 1) tell(store, room, () => room.post(2));
  store.read(12, 4);
  store.read(12, 2);
  equal(mine.unread.readSeq, 4);
  equal(counts(mine), [1, 0]);
}

export function a_position_that_is_on_its_way_survives_hello() {
  const room = new ModelRoom(12);
  const { store, mine } = greeted(room);
  for (let each = 0; each < 5; each += 1) tell(store, room, () => room.post(2));
  store.read(12, 4);
  store.hello({ epoch: "one", rooms: [room.hello()] });
  equal(mine.unread.readSeq, 4);
  equal(counts(mine), [1, 0]);
}

export function what_hello_counted_is_not_counted_again_by_the_sync() {
  const room = new ModelRoom(12);
  const { store, mine } = greeted(room);
  tell(store, room, () => room.post(2));
  const known = room.version;
  room.post(2);
  room.post(3, { mentions: [1] });
  room.remove(1);
  store.hello({ epoch: "one", rooms: [room.hello()] });
  equal(counts(mine), [2, 1]);
  store.receive(room.live(known));
  equal(counts(mine), [2, 1]);
}

export function a_hundred_means_a_hundred_or_more_until_it_is_known() {
  const room = new ModelRoom(12);
  for (let each = 0; each < 250; each += 1) room.post(2);
  const { store, mine } = greeted(room);
  equal(mine.unread.count, 100);
  store.read(12, 120);
  equal(mine.unread.count, 100, "130 are left:");
  store.read(12, 240);
  equal(mine.unread.count, 10);
  store.read(12, 250);
  equal(mine.unread.count, 0);
}

/** With every row at hand, the counts are what the server would say. */
export function the_counts_follow_any_history() {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = new Random(seed);
    const room = new ModelRoom(12);
    const { store, mine } = greeted(room);
    for (let step = 0; step < 80; step += 1) {
      tell(store, room, () => act(room, random));
      if (random.chance(0.1)) {
        const seq = random.below(room.lastSeq + 1);
        store.read(12, seq);
        room.readSeq = Math.max(room.readSeq, seq);
      }
      const { unread, mentions, read_seq } = room.hello();
      equal([...counts(mine), mine.unread.readSeq], [unread, mentions, read_seq], `seed ${seed}`);
    }
  }
}
