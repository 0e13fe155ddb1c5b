// @ts-check
/** A room's history as the server told it, delivered to a store, badly, and compared at the end. */
import { HOLD, SYNC_PATIENCE, Store } from "/static/js/state/store.js";
import { equal, ok } from "./assert.js";
import { FakeClock } from "./fake-clock.js";
import { Random } from "./random.js";

/**
 * @param {{row: any, start: any, frames: any[], pages: Record<string, any>, end: any}} recorded
 *   the room as hello tells of it, what was held at the beginning, what was told live, the answer
 *   to `sync` from every version, and what a fresh reading gives
 * @param {number} seed
 */
export function deliver({ row, start, frames, pages, end }, seed) {
  const random = new Random(seed);
  const clock = new FakeClock();
  const asked = [];
  const store = new Store({
    me: 0,
    clock,
    askSync: (rooms) => asked.push({ ref: asked.length + 1, version: rooms[row.id] }),
  });
  store.hello({ epoch: "one", rooms: [row] });
  store.history(row.id, { messages: start.messages });
  store.membersPage(row.id, start.members);
  for (const frame of mishandled(frames, random)) {
    store.receive(frame);
    if (random.chance(0.2)) clock.pass(random.below(2 * HOLD));
    if (random.chance(0.5)) answerOne(store, asked, pages);
  }
  // In the end the tail may lack: then a connection that is new finds out.
  store.hello({ epoch: "one", rooms: [{ ...row, ...end.row }] });
  for (let turn = 0; turn < 50 && (asked.length > 0 || store.isCatchingUp(row.id)); turn += 1) {
    if (!answerOne(store, asked, pages)) clock.pass(SYNC_PATIENCE);
  }
  assertIs(store.rooms.get(row.id), end, `seed ${seed}:`);
  ok(!store.isCatchingUp(row.id), `seed ${seed}: still waits`);
}

/** Some frames lost, some doubled, some in another order. */
function mishandled(frames, random) {
  if (random.chance(0.2)) return frames;
  const kept = frames.filter(() => !random.chance(0.1));
  const doubled = kept.flatMap((frame) => (random.chance(0.2) ? [frame, frame] : [frame]));
  for (let at = 0; at + 1 < doubled.length; at += 1) {
    const other = Math.min(doubled.length - 1, at + random.below(4));
    [doubled[at], doubled[other]] = [doubled[other], doubled[at]];
  }
  return doubled;
}

function answerOne(store, asked, pages) {
  const question = asked.shift();
  if (question) store.receive({ ...pages[question.version], ref: question.ref });
  return question !== undefined;
}

function assertIs(mine, end, what) {
  equal(mine.version, end.row.version, `${what} version`);
  equal(mine.lastSeq, end.row.last_seq, `${what} last seq`);
  for (const name of ["topic", "locked", "archived"]) equal(mine[name], end.info[name], what + name);
  for (const row of end.messages) {
    const held = mine.rows.get(row.seq);
    if (held) equal(sorted(held), sorted(row), `${what} message ${row.seq}`);
    else ok(end.mayLack, `${what} message ${row.seq} is missing`);
  }
  const present = (members) =>
    [...members].filter((each) => each.role !== null).sort((a, b) => a.user - b.user).map(sorted);
  equal(present(mine.members.values()), present(end.members), `${what} members`);
}

function sorted(row) {
  return Object.fromEntries(Object.entries(row).sort());
}
