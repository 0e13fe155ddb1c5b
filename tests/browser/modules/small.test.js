// @ts-check
/** The smaller modules: drafts, reading, typing, reactions, presence, arranging, words. */
import { roomBeside } from "/static/js/client/room-steps.js";
import { latinKey } from "/static/js/elements/keys.js";
import { Drafts } from "/static/js/state/drafts.js";
import { distance } from "/static/js/state/fuzzy.js";
import { Presence } from "/static/js/state/presence.js";
import { OwnReactions } from "/static/js/state/reactions.js";
import { ReadReports } from "/static/js/state/reading.js";
import { Tabs } from "/static/js/state/tabs.js";
import { OwnTyping } from "/static/js/state/typing.js";
import { uuid } from "/static/js/uuid.js";
import { arrange } from "/static/js/view/arrange.js";
import { dayName } from "/static/js/view/dates.js";
import { initials, listNames, typingText } from "/static/js/view/words.js";
import { equal, ok, until } from "./assert.js";
import { FakeClock } from "./fake-clock.js";

class FakeStorage {
  #items = new Map();
  getItem = (key) => this.#items.get(key) ?? null;
  setItem = (key, text) => void this.#items.set(key, text);
  removeItem = (key) => void this.#items.delete(key);
}

const draft = (text) => ({ text, replyTo: null });

export function letters_act_on_keyboards_of_other_scripts_too() {
  const pressed = (key, code, shiftKey = false) =>
    latinKey(new KeyboardEvent("keydown", { key, code, shiftKey }));
  equal(pressed("ق", "KeyR"), "r");
  equal(pressed("؟", "Slash", true), "?");
  equal(pressed("й", "KeyQ"), "q");
  equal(pressed("Z", "KeyY"), "z", "a Latin letter is itself wherever it is:");
  equal(pressed("ArrowUp", "ArrowUp"), "arrowup");
}

export function a_draft_comes_back_after_reload_and_after_the_tab_was_closed() {
  const [tab, browser] = [new FakeStorage(), new FakeStorage()];
  new Drafts(1, tab, browser).set(12, draft("half a thought"));
  equal(new Drafts(1, tab, browser).get(12).text, "half a thought");
  equal(new Drafts(1, new FakeStorage(), browser).get(12).text, "half a thought");
}

export function two_tabs_keep_their_own_words() {
  const browser = new FakeStorage();
  const [left, right] = [new FakeStorage(), new FakeStorage()];
  const inLeft = new Drafts(1, left, browser);
  inLeft.set(12, draft("left"));
  new Drafts(1, right, browser).set(12, draft("right"));
  equal(new Drafts(1, left, browser).get(12).text, "left", "after a reload:");
  inLeft.clear(12);
  equal(new Drafts(1, right, browser).get(12).text, "right");
  equal(new Drafts(1, new FakeStorage(), browser).get(12).text, "right");
}

export function drafts_of_rooms_and_members_do_not_mix() {
  const [tab, browser] = [new FakeStorage(), new FakeStorage()];
  new Drafts(1, tab, browser).set(12, draft("mine"));
  equal(new Drafts(1, tab, browser).get(13), null);
  equal(new Drafts(2, tab, browser).get(12), null);
}

export function a_browser_that_refuses_to_store_keeps_drafts_for_the_moment() {
  const refusing = new FakeStorage();
  refusing.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
  const drafts = new Drafts(1, refusing, null);
  drafts.set(12, draft("still here"));
  equal(drafts.get(12).text, "still here");
}

export function what_is_typed_finds_names_the_nearest_first() {
  const names = ["Gradbau", "Allgemein", "Der Bau", "Abau", "Bäume", "Ba"];
  const near = (typed) =>
    names
      .map((name) => [distance(name, typed), name])
      .filter(([far]) => far !== null)
      .sort(([a], [b]) => a - b)
      .map(([, name]) => name);
  equal(near("BAU"), ["Bäume", "Der Bau", "Gradbau", "Abau"]);
  equal(near("ba")[0], "Ba");
  equal(near("agm"), ["Allgemein"]);
  equal(near("d bau"), ["Der Bau", "Gradbau"]);
  equal(near("bauz"), []);
  equal(near(""), names);
}

export function the_room_beside_is_the_next_of_the_list_and_the_last_leads_to_the_first() {
  const make = (id, count, isQuiet = false) => ({ id, unread: { count }, isQuiet });
  const [a, b, c, d] = [make(1, 0), make(2, 3), make(3, 2, true), make(4, 0)];
  const beside = (openRoom, way, isUnread) =>
    roomBeside({ ownList: { lists: { favourites: [a], rooms: [b, c], direct: [d] } }, openRoom }, way, isUnread)?.id;
  equal([beside(1, 1, false), beside(4, 1, false), beside(1, -1, false)], [2, 1, 4]);
  equal([beside(4, 1, true), beside(4, -1, true), beside(null, 1, false)], [2, 2, 1]);
  equal(beside(2, 1, true), undefined, "not the quiet one, nor the open one:");
}

export function read_positions_are_reported_seldom_and_the_furthest_counts() {
  const clock = new FakeClock();
  const said = [];
  const reports = new ReadReports((room, seq) => said.push([room, seq]) > 0, clock);
  for (let seq = 1; seq <= 20; seq += 1) reports.report(12, seq);
  equal(said, [[12, 1]]);
  clock.pass(1000);
  equal(said, [[12, 1], [12, 20]]);
  clock.pass(60_000);
  equal(said.length, 2);
}

export function a_read_position_waits_for_the_connection() {
  const clock = new FakeClock();
  const said = [];
  let isOpen = false;
  const reports = new ReadReports((room, seq) => isOpen && said.push([room, seq]) > 0, clock);
  reports.report(12, 5);
  clock.pass(5000);
  isOpen = true;
  reports.flush();
  equal(said, [[12, 5]]);
}

export function typing_is_said_seldom_and_ends_by_itself() {
  const clock = new FakeClock();
  const said = [];
  const typing = new OwnTyping((room, on) => said.push([room, on]), clock);
  for (let key = 0; key < 50; key += 1) {
    typing.typed(12);
    clock.pass(100);
  }
  equal(said, [[12, true], [12, true]]);
  clock.pass(10_000);
  equal(said.at(-1), [12, false]);
}

export function typing_in_another_room_ends_it_in_the_first() {
  const said = [];
  const typing = new OwnTyping((room, on) => said.push([room, on]), new FakeClock());
  typing.typed(12);
  typing.typed(13);
  equal(said, [[12, true], [12, false], [13, true]]);
}

export function who_types_is_forgotten_after_a_while() {
  const clock = new FakeClock();
  const presence = new Presence(clock);
  presence.receiveTyping({ room: 12, users: [2] });
  equal(presence.typingIn(12), [2]);
  clock.pass(6000);
  equal(presence.typingIn(12), []);
}

export function presence_is_kept_by_differences_until_all_are_named_again() {
  const presence = new Presence(new FakeClock());
  presence.receive({ online: [1, 2], away: [3], offline: [] });
  presence.receive({ offline: [2] });
  equal([1, 2, 3].map((user) => presence.of(user)), ["online", "offline", "away"]);
  presence.expectAll();
  equal(presence.of(1), "online", "until then:");
  presence.receive({ online: [2] });
  equal([1, 2, 3].map((user) => presence.of(user)), ["offline", "online", "offline"]);
}

export function a_reaction_shows_at_once_and_until_the_room_has_it() {
  const own = new OwnReactions(1);
  const message = { id: 7, version: 5, reactions: [{ emoji: "👍", users: [2] }] };
  own.press(7, "👍", true);
  equal(own.of(message, 5), [{ emoji: "👍", users: [2, 1] }]);
  own.acked(7, "👍", 6);
  equal(own.of(message, 5), [{ emoji: "👍", users: [2, 1] }]);
  equal(own.of({ ...message, version: 6, reactions: [{ emoji: "👍", users: [1, 2] }] }, 6), [{ emoji: "👍", users: [1, 2] }]);
  equal(own.of({ ...message, version: 7 }, 7), message.reactions, "taken back elsewhere:");
}

export function a_refused_reaction_goes() {
  const own = new OwnReactions(1);
  const message = { id: 7, version: 5, reactions: [] };
  own.press(7, "👍", true);
  own.refused(7, "👍");
  equal(own.of(message, 5), []);
}

function post(seq, author, created_at, fields = {}) {
  return { seq, author, client_id: `c${seq}`, created_at, reply_to: null, deleted: false, ...fields };
}

const kinds = (items) =>
  items.map((item) => (item.kind === "message" ? (item.continues ? "+" : item.message.seq) : item.kind));

export function messages_of_one_author_stand_together_for_a_while() {
  const at = (minute) => new Date(2026, 10, 21, 12, minute).toISOString();
  const items = arrange(
    [post(1, 1, at(0)), post(2, 1, at(4)), post(3, 1, at(30)), post(4, 2, at(31)), post(5, 2, at(31), { reply_to: 9 })],
    null,
  );
  equal(kinds(items), ["day", 1, "+", 3, 4, 5]);
}

export function days_are_told_apart_where_the_reader_is() {
  const items = arrange(
    [
      post(1, 1, new Date(2026, 10, 20, 23, 59).toISOString()),
      post(2, 1, new Date(2026, 10, 21, 0, 1).toISOString()),
    ],
    null,
  );
  equal(kinds(items), ["day", 1, "day", 2]);
}

export function the_unread_line_stands_above_the_first_unread_message() {
  const at = new Date(2026, 10, 21, 12).toISOString();
  const messages = [5, 6, 7].map((seq) => post(seq, 1, at));
  equal(kinds(arrange(messages, 6)), ["day", 5, "unread", 6, "+"]);
  equal(kinds(arrange(messages, 3)), ["day", 5, "+", "+"], "further up:");
}

export function every_item_has_a_key_of_its_own() {
  const at = (day) => new Date(2026, 10, day, 12).toISOString();
  const items = arrange([1, 2, 3, 4].map((seq) => post(seq, 1, at(seq))), 2);
  equal(new Set(items.map((item) => item.key)).size, items.length);
}

export function days_are_named_from_where_one_stands() {
  const now = new Date(2026, 10, 21, 0, 30);
  equal(dayName(new Date(2026, 10, 21, 0, 1), now), "Today");
  equal(dayName(new Date(2026, 10, 20, 23, 59), now), "Yesterday");
  ok(dayName(new Date(2025, 10, 20), now).includes("2025"), "the year is missing");
}

export function names_are_listed_in_words() {
  equal(listNames(["Ada"]), "Ada");
  equal(listNames(["Ada", "Ben", "Cy", "Di", "Ed"]), "Ada, Ben, Cy, and 2 others");
  equal(typingText(["Ada", "Ben"]), "Ada and Ben are typing…");
}

export function initials_are_made_from_any_name() {
  equal(initials("Ada Lovelace"), "AL");
  equal(initials("ada"), "A");
  equal(initials("Ø. ßmith"), "ØSS");
  equal(initials(""), "");
  equal(initials("✨🐝 Sparkle ✨"), "S");
  equal(initials("🐝✨"), "🐝");
}

export function ids_are_uuids_and_differ() {
  const ids = Array.from({ length: 100 }, uuid);
  equal(new Set(ids).size, 100);
  ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)), ids[0]);
}

export async function a_tab_learns_that_another_has_ended() {
  const gone = [];
  const mine = new Tabs((tab) => gone.push(tab));
  await mine.start();
  // A lock belongs to its page: another tab is played by a page of its own.
  const frame = document.createElement("iframe");
  frame.src = "/";
  await new Promise((loaded) => { frame.onload = loaded; document.body.append(frame); });
  const script = frame.contentDocument.createElement("script");
  script.type = "module";
  script.textContent = `import { Tabs } from "/static/js/state/tabs.js";
    const tabs = new Tabs(() => {}); await tabs.start(); parent.other = tabs.id;`;
  frame.contentDocument.body.append(script);
  await until(() => window.other, "the other tab");
  await until(() => mine.isAlive(window.other), "to hear of it");
  ok(mine.isAlive(mine.id), "one is alive oneself");
  frame.remove();
  await until(() => gone.includes(window.other), "word of its end");
  ok(!mine.isAlive(window.other), "it counts as alive");
}
