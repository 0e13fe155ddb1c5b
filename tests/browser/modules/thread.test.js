// @ts-check
/** Threads without their looks: what is unread in one, which rows are at hand; and the diff of edits. */
import { isInRoom, OwnThread, ThreadRows } from "/static/js/state/thread.js";
import { diff } from "/static/js/view/diff.js";
import { equal, ok } from "./assert.js";
import { Random } from "./random.js";

const ME = 7;
const ROOT = 100;

const row = (seq, version, fields = {}) => ({
  id: 1000 + seq,
  seq,
  version,
  author: 9,
  thread: ROOT,
  deleted: false,
  ...fields,
});
const root = (lastSeq) => ({ id: ROOT, seq: 1, version: 1, replies: { count: 1, last_seq: lastSeq } });
const standing = (readSeq, unread) => ({ following: true, read_seq: readSeq, unread });

function thread(lastSeq, readSeq, unread, version) {
  const own = new OwnThread(12, ME);
  own.restore(root(lastSeq), standing(readSeq, unread), version);
  return own;
}

export function what_comes_after_the_servers_count_is_counted_once() {
  const own = thread(5, 3, 2, 50);
  own.arrived(row(5, 50));
  equal(own.unread, 2, "the server knew it:");
  own.arrived(row(6, 51));
  own.arrived(row(6, 52, { edited_at: "…" }));
  equal(own.unread, 3);
  own.arrived(row(6, 53, { deleted: true }));
  own.arrived(row(4, 54, { deleted: true }));
  equal(own.unread, 1);
}

export function reading_to_the_end_leaves_nothing_whatever_was_counted() {
  const own = thread(5, 3, 100, 50);
  own.arrived(row(6, 51));
  ok(own.read(6));
  equal(own.unread, 0);
  ok(!own.read(6));
  own.arrived(row(7, 52));
  equal(own.unread, 1);
}

export function who_writes_in_a_thread_has_read_it() {
  const own = thread(5, 3, 2, 50);
  own.arrived(row(6, 51, { author: ME }));
  equal(own.unread, 0);
}

export function what_was_read_here_is_not_unread_again_by_an_older_answer() {
  const own = thread(5, 3, 2, 50);
  own.read(5);
  own.restore(root(5), standing(3, 2), 50);
  equal([own.readSeq, own.unread], [5, 0]);
  own.restore(root(5), standing(0, 9), 49);
  equal(own.readSeq, 5);
}

export function a_reply_is_in_its_room_only_where_it_says_so() {
  ok(isInRoom(row(1, 1, { thread: null })));
  ok(isInRoom(row(1, 1, { in_room: true })));
  ok(!isInRoom(row(1, 1)));
}

export function rows_from_the_room_never_make_a_hole_in_a_thread() {
  const rows = new ThreadRows(ROOT);
  rows.live([row(2, 2)]);
  equal(rows.messages, [], "nothing was read yet:");
  rows.begin({ root: root(9), messages: [row(8, 8), row(9, 9)], more: true });
  rows.live([row(3, 3), row(10, 10), row(11, 11, { thread: 5 }), row(8, 12, { body: "edited" })]);
  equal(rows.messages.map(({ seq }) => seq), [8, 9, 10]);
  equal(rows.messages[0].body, "edited");
  rows.older({ messages: [row(3, 3), row(7, 7)], more: false });
  equal(rows.messages.map(({ seq }) => seq), [3, 7, 8, 9, 10]);
}

export function a_diff_tells_what_went_and_what_came() {
  equal(diff("lunch at noon", "lunch at one"), [
    { kind: "same", text: "lunch at " },
    { kind: "gone", text: "noon" },
    { kind: "new", text: "one" },
  ]);
  equal(diff("", "a b"), [{ kind: "new", text: "a b" }]);
  equal(diff("same", "same"), [{ kind: "same", text: "same" }]);
}

export function without_what_came_a_diff_is_the_old_text_and_without_what_went_the_new() {
  const words = ["a", "b", " ", "\n", "  ", "ü", "👍"];
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = new Random(seed);
    const text = () => Array.from({ length: random.below(12) }, () => random.pick(words)).join("");
    const [before, after] = [text(), text()];
    const parts = diff(before, after);
    const without = (kind) => parts.filter((part) => part.kind !== kind).map(({ text }) => text).join("");
    equal(without("new"), before, `seed ${seed}:`);
    equal(without("gone"), after, `seed ${seed}:`);
  }
}

export function a_diff_of_the_longest_texts_comes_at_once() {
  const before = "a ".repeat(2000);
  const after = "b ".repeat(2000);
  equal(diff(before, after).map(({ kind }) => kind), ["gone", "new"]);
}
