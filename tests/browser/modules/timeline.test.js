// @ts-check
import { PAGE, STEP, Timeline, WINDOW } from "/static/js/state/timeline.js";
import { equal, ok } from "./assert.js";
import { Random } from "./random.js";

class Room {
  rows = new Map();
  lastSeq = 0;

  constructor(lastSeq = 0) {
    this.lastSeq = lastSeq;
  }

  hold(low, high) {
    for (let seq = low; seq <= high; seq += 1) this.rows.set(seq, { seq });
    return this;
  }

  post() {
    this.lastSeq += 1;
    this.rows.set(this.lastSeq, { seq: this.lastSeq });
  }

  /** What HTTP would answer. */
  read(need) {
    const clamp = (seq) => Math.min(Math.max(seq, 1), this.lastSeq);
    if (this.lastSeq === 0) return;
    if ("newest" in need) this.hold(clamp(this.lastSeq - PAGE + 1), this.lastSeq);
    else if ("before" in need) this.hold(clamp(need.before - PAGE), clamp(need.before - 1));
    else if ("after" in need) this.hold(clamp(need.after + 1), clamp(need.after + PAGE));
    else this.hold(clamp(need.around - PAGE / 2), clamp(need.around + PAGE / 2));
  }
}

function bounds(timeline) {
  return [timeline.low, timeline.high];
}

export function it_opens_at_the_newest_page() {
  const timeline = new Timeline(new Room(500).hold(1, 500));
  equal(bounds(timeline), [451, 500]);
  equal(timeline.need(), null);
}

export function it_asks_for_what_it_lacks() {
  const room = new Room(500);
  const timeline = new Timeline(room);
  equal(timeline.need(), { newest: true });
  room.read(timeline.need());
  timeline.update();
  equal(timeline.need("up"), { before: 451 });
}

export function an_empty_room_needs_nothing() {
  const timeline = new Timeline(new Room());
  equal(timeline.need("up"), null);
  equal(timeline.messages, []);
  ok(timeline.atStart && timeline.atEnd, "has ends");
}

export function it_follows_what_arrives() {
  const room = new Room(10).hold(1, 10);
  const timeline = new Timeline(room);
  room.post();
  timeline.update();
  equal(timeline.high, 11);
}

export function away_from_the_newest_it_counts_what_arrives() {
  const room = new Room(1000).hold(1, 1000);
  const timeline = new Timeline(room);
  timeline.open(100);
  for (let step = 0; step < 30; step += 1) timeline.growDown();
  const before = bounds(timeline);
  room.post();
  timeline.update();
  equal(bounds(timeline), before);
  equal(timeline.newer, 1001 - timeline.high);
}

export function growing_up_drops_the_newest_beyond_its_limit() {
  const timeline = new Timeline(new Room(1000).hold(1, 1000));
  timeline.look(951);
  for (let step = 0; step < 30; step += 1) {
    timeline.growUp();
    timeline.look(timeline.low + 10);
  }
  equal(timeline.high - timeline.low + 1, WINDOW);
  equal(timeline.following, false);
  equal(timeline.low, 1000 - PAGE + 1 - 30 * STEP);
}

export function it_leaves_over_a_hole_when_it_follows() {
  const room = new Room(100).hold(51, 100);
  const timeline = new Timeline(room);
  room.lastSeq = 400;
  equal(timeline.need(), { newest: true });
  room.read({ newest: true });
  timeline.update();
  equal(bounds(timeline), [351, 400]);
}

export function it_opens_anywhere() {
  const room = new Room(1000).hold(951, 1000);
  const timeline = new Timeline(room);
  timeline.open(300);
  equal(timeline.need(), { around: 300 });
  room.read(timeline.need());
  timeline.update();
  equal(bounds(timeline), [276, 325]);
  equal(timeline.need("down"), { after: 325 });
}

export function what_was_asked_for_is_awaited_until_it_is_looked_at() {
  const room = new Room(1000);
  const timeline = new Timeline(room);
  timeline.open(300);
  equal([timeline.anchor, timeline.isAwaited, timeline.following], [300, true, false]);
  room.read(timeline.need());
  timeline.update();
  ok(timeline.isAwaited, "nobody looked yet");
  timeline.look(300);
  equal(timeline.isAwaited, false);
  timeline.look(null);
  ok(timeline.following, "follows at the end");
}

export function beyond_its_ends_it_opens_at_them() {
  const room = new Room(20).hold(1, 20);
  const timeline = new Timeline(room);
  timeline.open(1000);
  equal(timeline.anchor, 20);
  timeline.open(-3);
  equal(timeline.anchor, 1);
  const empty = new Timeline(new Room());
  empty.open(5);
  equal([empty.anchor, empty.isAwaited, empty.need()], [null, false, null]);
}

export function after_a_reset_it_finds_its_place_again() {
  const room = new Room(1000).hold(1, 1000);
  const timeline = new Timeline(room);
  timeline.open(300);
  timeline.look(310);
  room.rows.clear();
  room.hold(951, 1000);
  timeline.update();
  equal(timeline.need(), { around: 310 });
  timeline.open(null);
  equal(bounds(timeline), [951, 1000]);
}

/** Whatever happens in the room and to the window, it has no hole and keeps its limit. */
export function it_never_has_a_hole() {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = new Random(seed);
    const room = new Room(random.below(800));
    const timeline = new Timeline(room);
    for (let step = 0; step < 120; step += 1) {
      const what = random.below(9);
      if (what === 0) room.lastSeq += random.below(120); // missed while away
      else if (what <= 2) for (let each = random.below(60); each >= 0; each -= 1) room.post();
      else if (what === 3) timeline.growUp();
      else if (what === 4) timeline.growDown();
      else if (what === 5) timeline.open(random.chance(0.5) ? null : 1 + random.below(room.lastSeq + 1));
      else if (what === 6 && random.chance(0.3)) room.rows.clear(); // a reset
      else if (what === 7 && timeline.messages.length > 0) look(timeline, random);
      else {
        const need = timeline.need(random.pick(["up", "down", undefined]));
        if (need) room.read(need);
      }
      timeline.update();
      const { messages } = timeline;
      ok(messages.every((row, index) => row?.seq === timeline.low + index), `seed ${seed}: a hole`);
      ok(messages.length <= WINDOW, `seed ${seed}: ${messages.length} rows`);
      equal(timeline.newer, room.lastSeq - timeline.high, `seed ${seed}: the counter`);
    }
    // Left alone with the server it always comes to rest, with something to show.
    for (let tries = 0; tries < 4 && timeline.need(); tries += 1) {
      room.read(timeline.need());
      timeline.update();
    }
    equal(timeline.need(), null, `seed ${seed}`);
    ok(room.lastSeq === 0 || timeline.messages.length > 0, `seed ${seed}: nothing to show`);
    if (timeline.following) equal(timeline.high, room.lastSeq, `seed ${seed}`);
    else ok(isIn(timeline, timeline.anchor), `seed ${seed}: the anchor is out of the window`);
  }
}

/** As scrolling does: at a row of the window, or at the end where the newest is in it. */
function look(timeline, random) {
  const { low, high } = timeline;
  if (timeline.atEnd && random.chance(0.3)) timeline.look(null);
  else timeline.look(low + random.below(high - low + 1));
}

function isIn({ low, high }, seq) {
  return seq >= low && seq <= high;
}

/** What arrives, is read further up or down, or is lost and read again, leaves the anchor alone. */
export function the_anchor_stays_in_the_window_whatever_happens_around_it() {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = new Random(seed);
    const room = new Room(400 + random.below(2000));
    const timeline = new Timeline(room);
    const anchor = 1 + random.below(room.lastSeq);
    timeline.open(anchor);
    for (let step = 0; step < 60; step += 1) {
      const what = random.below(5);
      if (what === 0) room.lastSeq += random.below(120);
      else if (what === 1) room.post();
      else if (what === 2 && random.chance(0.2)) room.rows.clear();
      else {
        const need = timeline.need();
        if (need) room.read(need);
      }
      timeline.update();
      equal(timeline.anchor, anchor, `seed ${seed}`);
      ok(timeline.messages.length === 0 || isIn(timeline, anchor), `seed ${seed}: lost the anchor`);
    }
  }
}

/** A room in which all from `first` on are replies in a thread, but every so many. */
function threaded(lastSeq, first, every) {
  const room = new Room(lastSeq).hold(1, lastSeq);
  for (let seq = first; seq <= lastSeq; seq += 1) {
    if (seq % every !== 0) room.rows.set(seq, { seq, thread: 1 });
  }
  return room;
}

export function one_comes_back_to_a_page_around_where_one_looked() {
  const timeline = new Timeline(new Room(500).hold(1, 500));
  timeline.open(300);
  for (let step = 0; step < 20; step += 1) timeline.growUp();
  timeline.look(200);
  timeline.narrow(null);
  equal(bounds(timeline), [200 - PAGE / 2, 200 + PAGE]);
  timeline.look(null);
  timeline.open(null);
  for (let step = 0; step < 10; step += 1) timeline.growUp();
  timeline.narrow(null);
  equal(bounds(timeline), [500 - PAGE + 1, 500]);
}

export function one_comes_back_to_all_that_is_new() {
  const timeline = new Timeline(new Room(500).hold(1, 500));
  for (let step = 0; step < 10; step += 1) timeline.growUp();
  timeline.narrow(400);
  equal(bounds(timeline), [400 - PAGE / 2, 500]);
}

export function replies_in_threads_take_no_place_in_the_window() {
  const room = threaded(5000, 1001, 50);
  const timeline = new Timeline(room);
  const goUp = () => timeline.growUp();
  for (let turn = 0; turn < 200 && timeline.low > 1; turn += 1) goUp();
  ok(timeline.low < 1000, `went past the replies: ${bounds(timeline)}`);
  ok(timeline.messages.length <= WINDOW, `${timeline.messages.length} are shown`);
  ok(timeline.messages.every(({ thread }) => thread === undefined), "no reply among them");
}

export function one_reads_on_over_a_thread_of_any_length() {
  const room = threaded(3000, 11, 3000);
  const timeline = new Timeline(room);
  timeline.open(5);
  timeline.look(5);
  for (let turn = 0; turn < 100 && !timeline.atEnd; turn += 1) timeline.growDown();
  ok(timeline.atEnd, `reached the end: ${bounds(timeline)}`);
  equal(timeline.messages.at(-1).seq, 3000);
  timeline.open(null);
  for (let turn = 0; turn < 100 && !timeline.atStart; turn += 1) timeline.growUp();
  equal(timeline.messages[0].seq, 1);
}
