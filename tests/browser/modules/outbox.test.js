// @ts-check
import { Lost, Refusal } from "/static/js/session/refusal.js";
import { Outbox } from "/static/js/state/outbox.js";
import { MemoryStorage, openOutboxStorage } from "/static/js/state/outbox-storage.js";
import { equal, ok, settled, until } from "./assert.js";
import { FakeClock } from "./fake-clock.js";
import { Random } from "./random.js";

/** A server that stores by client_id; `fails` says what becomes of each try. */
class Server {
  stored = [];
  tried = [];
  fails = () => null;

  send = async (frame) => {
    this.tried.push(frame.client_id);
    const failure = this.fails(frame);
    if (failure instanceof Refusal) throw failure;
    if (!this.stored.some((row) => row.client_id === frame.client_id)) this.stored.push(frame);
    if (failure) throw failure; // stored, but the answer was lost
    return { seq: this.stored.length, version: this.stored.length };
  };

  get bodies() {
    return this.stored.map((row) => row.body);
  }
}

function message(body, room = 1) {
  return { client_id: `id of ${body}`, room, body, reply_to: null };
}

async function opened(options = {}) {
  const { storage = new MemoryStorage(), server = new Server(), owner = "tab", alive = [] } = options;
  const clock = new FakeClock();
  const outbox = new Outbox({ storage, user: 1, owner, clock, send: server.send });
  await outbox.start((tab) => tab === owner || alive.includes(tab));
  return { outbox, clock, server, storage };
}

function states(outbox, room = 1) {
  return outbox.in(room).map((entry) => `${entry.body}: ${entry.state}`);
}

export async function it_sends_in_the_order_of_writing() {
  const { outbox, server } = await opened();
  for (const body of ["one", "two", "three"]) outbox.add(message(body));
  outbox.connected();
  await settled();
  await settled();
  equal(server.bodies, ["one", "two", "three"]);
}

export async function what_is_written_without_a_connection_waits() {
  const { outbox, server } = await opened();
  await outbox.add(message("one"));
  equal(server.tried, []);
  equal(states(outbox), ["one: pending"]);
  outbox.connected();
  await settled();
  equal(states(outbox), ["one: stored"]);
}

export async function it_shows_a_stored_message_until_the_room_does() {
  const { outbox } = await opened();
  outbox.connected();
  await outbox.add(message("one"));
  await settled();
  outbox.arrived(1, 0, () => false);
  equal(states(outbox), ["one: stored"]);
  outbox.arrived(1, 1, () => false);
  equal(states(outbox), []);
}

export async function a_message_that_the_room_shows_needs_no_ack() {
  const { outbox } = await opened();
  await outbox.add(message("one"));
  outbox.arrived(1, 5, (id) => id === "id of one");
  equal(states(outbox), []);
}

export async function an_answer_that_was_lost_is_asked_for_again() {
  const server = new Server();
  server.fails = () => (server.tried.length === 1 ? new Lost() : null);
  const { outbox, clock } = await opened({ server });
  outbox.connected();
  await outbox.add(message("one"));
  await outbox.add(message("two"));
  await settled();
  equal(server.tried, ["id of one"], "the second must wait:");
  clock.pass(1000);
  await settled();
  equal(server.bodies, ["one", "two"]);
}

export async function a_new_connection_does_not_wait_for_the_back_off() {
  const server = new Server();
  server.fails = () => (server.tried.length < 6 ? new Lost() : null);
  const { outbox, clock } = await opened({ server });
  outbox.connected();
  await outbox.add(message("one"));
  for (let each = 0; each < 4; each += 1) {
    clock.pass(60_000);
    await settled();
  }
  outbox.disconnected();
  outbox.connected();
  await settled();
  equal(server.tried.length, 6);
  equal(server.bodies, ["one"]);
}

export async function a_passing_refusal_is_tried_again_when_the_server_says() {
  const server = new Server();
  server.fails = () => (server.tried.length === 1 ? new Refusal("slow_mode", "", 30) : null);
  const { outbox, clock } = await opened({ server });
  outbox.connected();
  await outbox.add(message("one"));
  await settled();
  equal(outbox.waitingIn(1)?.code, "slow_mode");
  clock.pass(29_000);
  await settled();
  equal(server.stored.length, 0);
  clock.pass(1000);
  await settled();
  equal(server.bodies, ["one"]);
}

export async function a_refused_message_stays_with_its_reason_and_lets_others_pass() {
  const server = new Server();
  server.fails = ({ body }) => (body === "one" ? new Refusal("forbidden", "You are muted.") : null);
  const { outbox, storage } = await opened({ server });
  outbox.connected();
  await outbox.add(message("one"));
  await outbox.add(message("two"));
  await settled();
  equal(states(outbox), ["one: refused", "two: stored"]);
  equal(outbox.in(1)[0].refusal, { code: "forbidden", detail: "You are muted.", held: false });
  const later = await opened({ storage, owner: "another tab" });
  equal(states(later.outbox), ["one: refused"], "after a reload:");
}

export async function a_refused_message_can_be_changed_and_sent_again() {
  const server = new Server();
  server.fails = ({ body }) => (body === "one" ? new Refusal("invalid", "No.") : null);
  const { outbox } = await opened({ server });
  outbox.connected();
  await outbox.add(message("one"));
  await settled();
  await outbox.resend("id of one", "better");
  await settled();
  equal(server.bodies, ["better"]);
}

export async function a_refused_message_can_be_discarded() {
  const server = new Server();
  server.fails = () => new Refusal("invalid", "No.");
  const { outbox, storage } = await opened({ server });
  outbox.connected();
  await outbox.add(message("one"));
  await settled();
  outbox.discard("id of one");
  await settled();
  equal(states(outbox), []);
  equal(states((await opened({ storage, owner: "later" })).outbox), []);
}

export async function one_room_that_waits_does_not_hold_up_another() {
  const server = new Server();
  server.fails = ({ room }) => (room === 1 ? new Refusal("slow_mode", "", 60) : null);
  const { outbox } = await opened({ server });
  outbox.connected();
  await outbox.add(message("one", 1));
  await outbox.add(message("two", 2));
  await settled();
  equal(server.bodies, ["two"]);
}

export async function it_survives_a_reload_in_order() {
  const storage = await openOutboxStorage();
  const before = await opened({ storage, owner: "before" });
  for (const body of ["one", "two", "three"]) await before.outbox.add(message(body));
  const after = await opened({ storage: await openOutboxStorage(), owner: "after" });
  equal(states(after.outbox), ["one: pending", "two: pending", "three: pending"]);
  after.outbox.connected();
  await until(() => after.server.stored.length === 3, "three messages");
  equal(after.server.bodies, ["one", "two", "three"]);
}

export async function what_was_stored_is_not_sent_after_a_reload() {
  const storage = await openOutboxStorage();
  const { outbox, server } = await opened({ storage, owner: "before" });
  outbox.connected();
  await outbox.add(message("one"));
  await until(() => states(outbox)[0] === "one: stored", "the ack");
  const reader = async () => states((await opened({ storage: await openOutboxStorage(), owner: "after" })).outbox);
  equal(await reader(), []);
  equal(server.tried.length, 1);
}

export async function of_two_tabs_only_one_takes_over() {
  const storage = await openOutboxStorage();
  const gone = await opened({ storage, owner: "gone" });
  await gone.outbox.add(message("one"));
  const [left, right] = await Promise.all([
    opened({ storage: await openOutboxStorage(), owner: "left", alive: ["right"] }),
    opened({ storage: await openOutboxStorage(), owner: "right", alive: ["left"] }),
  ]);
  equal(left.outbox.in(1).length + right.outbox.in(1).length, 1);
}

export async function the_messages_of_a_living_tab_are_left_to_it() {
  const storage = new MemoryStorage();
  const one = await opened({ storage, owner: "one" });
  await one.outbox.add(message("one"));
  const clock = new FakeClock();
  const other = new Outbox({ storage, user: 1, owner: "other", clock, send: new Server().send });
  await other.start(() => true);
  equal(states(other), []);
}

export async function another_members_messages_are_left_alone() {
  const storage = new MemoryStorage();
  const one = await opened({ storage, owner: "one" });
  await one.outbox.add(message("one"));
  const options = { storage, user: 2, owner: "two", clock: new FakeClock(), send: new Server().send };
  const other = new Outbox(options);
  await other.start(() => false);
  equal(states(other), []);
}

export async function without_indexeddb_it_works_from_memory_and_says_that_it_is_at_risk() {
  const refusing = { open: () => { throw new DOMException("no", "SecurityError"); } };
  const storage = await openOutboxStorage(/** @type {any} */ (refusing));
  const { outbox, server } = await opened({ storage });
  await outbox.add(message("one"));
  ok(outbox.atRisk, "nothing was said to be at risk");
  outbox.connected();
  await settled();
  equal(server.bodies, ["one"]);
  ok(!outbox.atRisk, "what is stored is not at risk");
}

export async function when_the_disk_is_full_it_goes_on_from_memory() {
  const storage = await openOutboxStorage();
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
  try {
    const { outbox, server } = await opened({ storage });
    await outbox.add(message("one"));
    outbox.connected();
    await until(() => server.stored.length === 1, "the message");
    ok(!storage.lasts, "it was not noticed");
  } finally {
    IDBObjectStore.prototype.put = put;
  }
}

/** Lost answers, passing refusals, tabs that end: each message arrives once, in order. */
export async function every_message_arrives_once_and_in_order() {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = new Random(seed);
    const server = new Server();
    server.fails = () =>
      random.chance(0.25) ? new Lost() : random.chance(0.15) ? new Refusal("unavailable", "") : null;
    const storage = new MemoryStorage();
    let tab = await opened({ storage, server, owner: "tab 0" });
    const written = [];
    for (let step = 0; step < 40; step += 1) {
      if (random.chance(0.4)) {
        written.push(`m${step}`);
        await tab.outbox.add(message(`m${step}`));
      }
      if (random.chance(0.3)) tab.outbox.connected();
      if (random.chance(0.2)) tab.outbox.disconnected();
      if (random.chance(0.5)) tab.clock.pass(random.below(20_000));
      await settled();
      if (random.chance(0.05)) {
        tab.outbox.disconnected();
        await settled();
        tab = await opened({ storage, server, owner: `tab ${step}` });
      }
    }
    server.fails = () => null;
    tab.outbox.connected();
    for (let each = 0; each < 5; each += 1) {
      await settled();
      tab.clock.pass(60_000);
    }
    while (server.stored.length < written.length) await settled();
    equal(server.bodies, written, `seed ${seed}`);
  }
}
