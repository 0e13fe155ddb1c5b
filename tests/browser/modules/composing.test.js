// @ts-check
/** What one writes, without a DOM: completion, commands, times, drafts on several devices. */
import { handlesIn, suggested, triggerAt } from "/static/js/state/completion.js";
import { DraftSync, PAUSE, RETRY } from "/static/js/state/draft-sync.js";
import { Drafts } from "/static/js/state/drafts.js";
import { readCommand } from "/static/js/state/slash.js";
import { fieldTime, spanIn, timeIn } from "/static/js/state/when.js";
import { Unread } from "/static/js/state/unread.js";
import { Lost, Refusal } from "/static/js/session/refusal.js";
import { equal, until } from "./assert.js";
import { FakeClock } from "./fake-clock.js";

class FakeStorage {
  #items = new Map();
  key = (index) => [...this.#items.keys()][index] ?? null;
  getItem = (key) => this.#items.get(key) ?? null;
  setItem = (key, text) => void this.#items.set(key, text);
  removeItem = (key) => void this.#items.delete(key);

  get length() {
    return this.#items.size;
  }
}

// --- completion

export function a_sign_at_the_beginning_of_a_word_asks_for_suggestions() {
  const at = (text) => triggerAt(text, text.length);
  equal(at("hi @ad"), { sign: "@", query: "ad", start: 3 });
  equal(at("(#gen"), { sign: "#", query: "gen", start: 1 });
  equal(at("@"), { sign: "@", query: "", start: 0 });
  equal(at("/to"), { sign: "/", query: "to", start: 0 });
  equal(at("so :par"), { sign: ":", query: "par", start: 3 });
  equal(at(":party::+1"), { sign: ":", query: "+1", start: 7 });
  for (const text of [":D", "well :", "10:30", "a:bc", ":party:"]) equal(at(text), null, text);
  for (const text of ["mail@ad", "a#b", "say /to", "/topic x", "@ada ", "//to", "/usr/b"]) equal(at(text), null, text);
}

export function the_word_is_the_one_at_the_caret() {
  equal(triggerAt("@ada and @bob", 4), { sign: "@", query: "ada", start: 0 });
}

const member = (name, handle, rank) => ({ key: handle, text: `@${handle}`, name, about: "", rank });

export function who_is_online_is_suggested_first_then_by_how_well_they_fit() {
  const people = [
    member("Zoe Ada", "zoe", 0),
    member("Adam", "adam", 2),
    member("Adele", "adele", 0),
    member("Ben", "ada-ben", 0),
    member("Bob", "bob", 0),
  ];
  equal(suggested(people, "Ad").map(({ name }) => name), ["Adele", "Ben", "Zoe Ada", "Adam"]);
  equal(suggested(people, "zzz"), []);
}

export function handles_are_found_as_the_server_finds_them() {
  equal(handlesIn("hi @Ada, @bob. (@cy-d) mail@dan.de @ada"), ["ada", "bob", "cy-d"]);
}

// --- commands

export function a_text_is_a_command_only_where_a_word_follows_one_slash() {
  equal(readCommand("/topic New  words"), { kind: "command", name: "topic", rest: "New  words" });
  equal(readCommand("/LEAVE"), { kind: "command", name: "leave", rest: "" });
  equal(readCommand("/nonsense at all"), { kind: "unknown", name: "nonsense" });
  for (const body of ["/usr/bin/env", "/", "/ topic", "no /topic", "/me waves"]) {
    equal(readCommand(body), { kind: "text", body });
  }
  equal(readCommand("/me"), { kind: "command", name: "me", rest: "" });
}

export function two_slashes_say_one() {
  equal(readCommand("//topic is a command"), { kind: "text", body: "/topic is a command" });
  equal(readCommand("//me waves"), { kind: "text", body: "\\/me waves" });
}

// --- times

const NOW = new Date(2026, 10, 22, 14, 30);
const meant = (text) => {
  const found = timeIn(text, NOW);
  return found && [fieldTime(found.at), found.rest];
};

export function times_are_read_as_people_write_them() {
  equal(meant("in 20m tea"), ["2026-11-22T14:50", "tea"]);
  equal(meant("in 2 hours tea"), ["2026-11-22T16:30", "tea"]);
  equal(meant("17:05 home"), ["2026-11-22T17:05", "home"]);
  equal(meant("9:00 work"), ["2026-11-23T09:00", "work"], "passed today:");
  equal(meant("tomorrow 9:00 Good morning"), ["2026-11-23T09:00", "Good morning"]);
  equal(meant("tomorrow at 09:15 hi"), ["2026-11-23T09:15", "hi"]);
  equal(meant("2026-12-01 08:00 advent"), ["2026-12-01T08:00", "advent"]);
  for (const text of ["soon", "25:00 x", "12:60 x", "2026-02-31 08:00 x", "in 0m x", ""]) equal(meant(text), null, text);
}

export function spans_have_a_unit() {
  equal(spanIn("90m"), { span: 90 * 60_000, rest: "" });
  equal(spanIn("1d rest"), { span: 86_400_000, rest: "rest" });
  equal(spanIn("10"), null);
}

// --- drafts on several devices

function device({ server = null, isTyping = () => false } = {}) {
  const clock = new FakeClock();
  const drafts = new Drafts(1, new FakeStorage(), new FakeStorage());
  const kept = [];
  let changes = 0;
  const answers = { next: server };
  const sync = new DraftSync({
    drafts,
    clock,
    keep: async (room, fields) => {
      kept.push({ room, ...fields });
      if (answers.next instanceof Error) throw answers.next;
      return answers.next ?? row(fields.body, { room });
    },
    isTyping,
    changed: () => {
      changes += 1;
    },
  });
  return { clock, drafts, kept, sync, answers, changes: () => changes };
}

const row = (body, { room = 12, written_at = new Date().toISOString() } = {}) => ({
  room,
  thread: null,
  body,
  reply_to: null,
  written_at,
});

export async function what_is_typed_goes_to_the_server_once_after_a_pause() {
  const { clock, drafts, kept } = device();
  drafts.set(12, { text: "h", replyTo: null });
  clock.pass(PAUSE - 1);
  drafts.set(12, { text: "hi", replyTo: null });
  clock.pass(PAUSE - 1);
  equal(kept.length, 0);
  clock.pass(1);
  await until(() => kept.length === 1);
  equal([kept[0].room, kept[0].body], [12, "hi"]);
}

export function what_came_while_all_drafts_were_asked_for_is_newer_than_the_answer() {
  const { drafts, sync } = device();
  sync.asked();
  sync.received(row("from the phone"));
  sync.begin([], [12]);
  equal(drafts.get(12)?.text, "from the phone");
  sync.asked();
  sync.begin([], [12]);
  equal(drafts.get(12), null, "emptied elsewhere");
}

export async function drafts_of_threads_are_taken_up_and_emptied_as_those_of_rooms_are() {
  const { clock, drafts, kept, sync } = device();
  drafts.set(12, { text: "written offline", replyTo: 5 }, 7);
  drafts.take(12, 8, { text: "emptied elsewhere", replyTo: null });
  drafts.set(99, { text: "in a room that was left", replyTo: null }, 3);
  clock.pass(PAUSE);
  await until(() => kept.length === 2);
  kept.length = 0;
  drafts.set(12, { text: "written on", replyTo: 5 }, 7);
  sync.asked();
  sync.begin([{ ...row("from the phone"), thread: 9 }], [12]);
  equal(drafts.get(12, 8), null);
  equal(drafts.get(12, 9)?.text, "from the phone");
  clock.pass(PAUSE);
  await until(() => kept.length > 0);
  equal(kept.find(({ thread }) => thread === 7)?.body, "written on");
  equal(drafts.places.toSorted((a, b) => a.thread - b.thread), [
    { room: 99, thread: 3 },
    { room: 12, thread: 7 },
    { room: 12, thread: 9 },
  ]);
}

export function what_comes_from_elsewhere_is_shown_where_nothing_is_being_typed() {
  const { drafts, sync, changes } = device();
  sync.received(row("from the phone"));
  equal(drafts.get(12).text, "from the phone");
  equal(changes(), 1);
  sync.received(row(""));
  equal(drafts.get(12), null);
}

export function what_is_being_typed_is_never_replaced() {
  const { drafts, sync } = device({ isTyping: () => true });
  drafts.set(12, { text: "typing he", replyTo: null });
  sync.received(row("from the phone"));
  equal(drafts.get(12).text, "typing he", "not told yet:");
  const settled = device({ isTyping: () => true });
  settled.drafts.take(12, null, { text: "typed", replyTo: null });
  settled.sync.received(row("from the phone"));
  equal(settled.drafts.get(12).text, "typed", "the cursor is in it:");
}

export async function the_newer_one_that_the_server_has_is_taken() {
  const { clock, drafts, answers, kept } = device();
  answers.next = row("newer");
  drafts.set(12, { text: "older", replyTo: null });
  clock.pass(PAUSE);
  await until(() => kept.length === 1 && drafts.get(12)?.text === "newer");
}

export async function without_a_way_to_the_server_it_is_tried_again_with_its_age() {
  const { clock, drafts, kept, answers } = device();
  answers.next = new Lost();
  drafts.set(12, { text: "offline", replyTo: null });
  clock.pass(PAUSE);
  await until(() => kept.length === 1);
  answers.next = null;
  await until(() => {
    clock.pass(RETRY);
    return kept.length === 2;
  });
  equal(kept[1].body, "offline");
}

export async function what_the_server_refuses_stays_here_and_is_not_sent_again() {
  const { clock, drafts, kept, answers } = device();
  answers.next = new Refusal("too_large", "too long");
  drafts.set(12, { text: "long", replyTo: null });
  clock.pass(PAUSE);
  await until(() => kept.length === 1);
  clock.pass(RETRY * 3);
  equal([kept.length, drafts.get(12).text], [1, "long"]);
}

export async function what_was_sent_elsewhere_is_gone_here_and_what_only_this_device_has_is_told() {
  const { clock, drafts, sync, kept } = device();
  drafts.take(12, null, { text: "sent on the phone", replyTo: null });
  drafts.set(13, { text: "only here", replyTo: null });
  sync.begin([], [12, 13]);
  equal(drafts.get(12), null);
  clock.pass(PAUSE);
  await until(() => kept.length === 1);
  equal([kept[0].room, kept[0].body], [13, "only here"]);
}

export async function a_page_that_goes_tells_at_once() {
  const { drafts, sync, kept } = device();
  drafts.set(12, { text: "bye", replyTo: null });
  sync.leave();
  await until(() => kept.length === 1);
}

// --- calls

const message = (seq, fields) => ({ seq, version: seq, author: 2, deleted: false, mentions: [], ...fields });

export function calls_count_for_members_and_here_for_those_who_were() {
  const unread = new Unread(1);
  const rows = new Map();
  const before = { read_seq: 0, last_seq: 2, unread: 2, mentions: 1, version: 2, here: [2] };
  unread.restore(before, rows);
  const take = (/** @type {any} */ row) => {
    rows.set(row.seq, row);
    unread.arrived(row, undefined, rows);
  };
  take(message(1, { call: "here" }));
  take(message(2, { call: "here" }));
  equal(unread.mentions, 1, "as the server counted:");
  take(message(3, { call: "here" }));
  take(message(4, { call: "room" }));
  take(message(5, {}));
  equal([unread.count, unread.mentions], [5, 3]);
  unread.readTo(1, rows);
  equal(unread.mentions, 3, "the first called others:");
  unread.readTo(4, rows);
  equal(unread.mentions, 0);
}
