// @ts-check
import { Store } from "/static/js/state/store.js";
import { equal, ok } from "./assert.js";
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

export function from_a_mark_on_all_is_unread_and_the_position_stays() {
  const room = new ModelRoom(12);
  const { store, mine } = greeted(room);
  for (let each = 0; each < 5; each += 1) tell(store, room, () => room.post(2));
  store.read(12, 5);
  room.read(5);
  store.readTold(room.markUnread(3));
  equal([mine.unread.readSeq, mine.unread.position, ...counts(mine)], [5, 2, 3, 0]);
}

export function reading_on_moves_the_mark_and_at_the_end_it_goes() {
  const room = new ModelRoom(12);
  const { store, mine } = greeted(room);
  for (let each = 0; each < 5; each += 1) tell(store, room, () => room.post(2));
  store.read(12, 5);
  room.read(5);
  store.readTold(room.markUnread(3));
  store.read(12, 4);
  equal([mine.unread.mark, ...counts(mine)], [5, 1, 0]);
  store.read(12, 5);
  equal([mine.unread.mark, ...counts(mine)], [null, 0, 0]);
}

export function writing_takes_the_mark_away_and_reading_old_messages_of_ones_own_does_not() {
  const room = new ModelRoom(12);
  for (let each = 0; each < 4; each += 1) room.post(each === 2 ? 1 : 2);
  room.read(4);
  room.markUnread(2);
  const { store, mine } = greeted(room);
  store.history(12, room.history());
  equal([mine.unread.mark, ...counts(mine)], [2, 2, 0]);
  tell(store, room, () => room.post(1));
  equal([mine.unread.mark, ...counts(mine)], [null, 0, 0]);
}

export function what_was_read_elsewhere_before_it_came_here_is_read() {
  const room = new ModelRoom(12);
  const { store, mine } = greeted(room);
  const from = room.version;
  room.post(2);
  store.readTold(room.read(1));
  store.receive(room.live(from));
  equal([mine.unread.readSeq, ...counts(mine)], [1, 0, 0]);
}

/** With every row at hand, the counts are what the server would say. */
export function the_counts_follow_any_history() {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = new Random(seed);
    const room = new ModelRoom(12);
    const { store, mine } = greeted(room);
    let before = 0;
    for (let step = 0; step < 80; step += 1) {
      tell(store, room, () => act(room, random));
      const seq = random.below(room.lastSeq + 1);
      const what = random.below(10);
      if (what === 0) {
        store.read(12, seq);
        room.read(seq);
      } else if (what === 1) store.readTold(room.read(seq));
      else if (what === 2 && seq > 0) store.readTold(room.markUnread(seq));
      const { unread, mentions, read_seq, unread_from } = room.hello();
      const expected = [unread, mentions, read_seq, unread_from ?? null];
      equal([...counts(mine), mine.unread.readSeq, mine.unread.mark], expected, `seed ${seed}`);
      ok(mine.unread.readSeq >= before, `seed ${seed}: the position went back`);
      before = mine.unread.readSeq;
    }
  }
}

/**
 * With rows missing, over sockets that come and go, and with `read` frames lost, doubled or late,
 * the counts are the server's again after the next hello, and never below nothing.
 */
export function the_counts_find_back_whatever_was_missed() {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = new Random(seed);
    const room = new ModelRoom(12);
    const { store, mine } = greeted(room);
    let told = room.version;
    let late = null;
    for (let step = 0; step < 60; step += 1) {
      act(room, random);
      const seq = 1 + random.below(room.lastSeq + 1);
      const frame = random.chance(0.3) ? room.read(seq) : null;
      const mark = random.chance(0.1) && seq <= room.lastSeq ? room.markUnread(seq) : null;
      if (random.chance(0.5)) late = mark ?? frame ?? late;
      else if (mark ?? frame) store.readTold(mark ?? frame);
      if (late && random.chance(0.3)) store.readTold(late);
      if (random.chance(0.6)) {
        store.receive(room.live(told));
        told = room.version;
      }
      ok(mine.unread.count >= 0 && mine.unread.mentions <= mine.unread.count, `seed ${seed}`);
      ok((mine.unread.mark ?? 1) <= Math.max(1, mine.unread.readSeq), `seed ${seed}: the mark`);
    }
    store.hello({ epoch: "one", rooms: [room.hello()] });
    const { unread, mentions, unread_from } = room.hello();
    const expected = [unread, mentions, unread_from ?? null];
    equal([...counts(mine), mine.unread.mark], expected, `seed ${seed}: after hello`);
  }
}
