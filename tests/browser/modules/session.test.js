// @ts-check
import { delayAfter } from "/static/js/session/backoff.js";
import { Lost, Refusal } from "/static/js/session/refusal.js";
import { Session } from "/static/js/session/session.js";
import { equal, ok, settled } from "./assert.js";
import { FakeClock } from "./fake-clock.js";

const HELLO = { type: "hello", heartbeat: 25, epoch: "one", rooms: [], limits: {}, user: { id: 1 } };

class FakeSocket extends EventTarget {
  static made = [];
  sent = [];

  constructor(url, protocol) {
    super();
    Object.assign(this, { url, protocol });
    FakeSocket.made.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code) {
    this.closedWith = code;
  }

  hear(...frames) {
    const data = JSON.stringify(frames.length === 1 ? frames[0] : frames);
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  end(code) {
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

function begin() {
  FakeSocket.made = [];
  const clock = new FakeClock();
  const session = new Session({
    url: "ws://here/ws/chat/",
    clock,
    random: () => 0.5,
    WebSocket: /** @type {any} */ (FakeSocket),
  });
  session.start();
  return { clock, session, socket: () => FakeSocket.made.at(-1), made: FakeSocket.made };
}

function open() {
  const parts = begin();
  parts.socket().hear(HELLO);
  return parts;
}

export function it_offers_the_subprotocol_and_is_open_with_hello() {
  const { session, socket } = begin();
  equal(socket().protocol, "chat.v1");
  equal(session.state, "connecting");
  socket().hear(HELLO);
  equal(session.state, "open");
}

export async function an_answer_finds_its_question() {
  const { session, socket } = open();
  const first = session.request({ type: "send" });
  const second = session.request({ type: "send" });
  socket().hear({ type: "ack", ref: 2, seq: 8 }, { type: "ack", ref: 1, seq: 7 });
  equal([(await first).seq, (await second).seq], [7, 8]);
}

export async function a_refusal_is_told_with_its_reason() {
  const { session, socket } = open();
  const asked = session.request({ type: "send" });
  socket().hear({ type: "error", ref: 1, code: "slow_mode", detail: "Wait.", retry_after: 3 });
  const error = await asked.catch((refusal) => refusal);
  ok(error instanceof Refusal, "not a Refusal");
  equal([error.code, error.message, error.retryAfter], ["slow_mode", "Wait.", 3]);
  equal(error.held, false);
}

export async function a_message_that_waits_for_a_moderator_is_told_apart() {
  const { session, socket } = open();
  const asked = session.request({ type: "send" });
  socket().hear({ type: "error", ref: 1, code: "forbidden", detail: "Later.", held: true });
  const error = await asked.catch((refusal) => refusal);
  equal([error.code, error.held], ["forbidden", true]);
}

export async function questions_are_lost_with_the_connection() {
  const { session, socket } = open();
  const asked = session.request({ type: "send" });
  socket().end(1006);
  ok((await asked.catch((error) => error)) instanceof Lost, "not Lost");
}

export async function a_question_without_answer_is_lost() {
  const { session, clock } = open();
  const asked = session.request({ type: "send" });
  clock.pass(10_000);
  ok((await asked.catch((error) => error)) instanceof Lost, "not Lost");
}

export function it_comes_back_after_any_other_close() {
  for (const code of [1000, 1001, 1006, 1011, 4400, 4408, 4410, 4412, 4429]) {
    const { clock, socket, made } = open();
    socket().end(code);
    clock.pass(3000);
    equal(made.length, 2, `after ${code}:`);
  }
}

export function it_stops_when_signed_out_or_banned() {
  for (const [code, reason] of [[4401, "sign-in"], [4403, "banned"]]) {
    const { clock, session, socket, made } = open();
    socket().end(code);
    session.nudge();
    clock.pass(100_000);
    equal([session.state, session.reason, made.length], ["stopped", reason, 1]);
  }
}

export function it_waits_longer_each_time_and_starts_over_after_a_good_connection() {
  const { clock, socket, made } = begin();
  const waits = [];
  for (let each = 0; each < 8; each += 1) {
    const count = made.length;
    const from = clock.now();
    socket().end(1006);
    while (made.length === count) clock.pass(50);
    waits.push(clock.now() - from);
  }
  ok(waits.every((wait, index) => index === 0 || wait >= waits[index - 1]), String(waits));
  ok(waits.at(-1) <= 20_050 && waits.at(-1) > 9000, String(waits));
  socket().hear(HELLO);
  clock.pass(10_000);
  const count = made.length;
  socket().end(1006);
  clock.pass(1000);
  equal(made.length, count + 1);
}

export function the_waits_keep_their_bounds() {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    for (const random of [0, 0.3, 0.999999]) {
      const wait = delayAfter(1006, attempt, () => random);
      ok(wait >= 500 && wait <= 20_000, `${attempt}: ${wait}`);
    }
  }
  equal(delayAfter(4412, 0, () => 0), 0);
  ok(delayAfter(4412, 0, () => 0.999) < 3000, "too long after a restart");
}

export function a_nudge_ends_the_waiting() {
  const { session, socket, made } = open();
  socket().end(1006);
  session.nudge();
  equal(made.length, 2);
}

export function it_speaks_before_its_silence_is_taken_for_absence() {
  const { clock, socket } = open();
  for (let beat = 0; beat < 10; beat += 1) {
    clock.pass(5000);
    socket().hear({ type: "typing", room: 1, users: [] });
  }
  const pings = socket().sent.filter((frame) => frame.type === "ping").length;
  ok(pings >= 1 && pings <= 3, `${pings} pings in 50 s`);
}

export function it_leaves_a_server_that_fell_silent() {
  const { clock, socket, made, session } = open();
  const first = socket();
  clock.pass(56_000);
  ok(first.closedWith !== undefined, "the silent socket was kept");
  ok(made.length > 1 || session.state === "waiting", "it did not come back");
}

export function a_probe_without_echo_ends_the_connection_at_once() {
  const { clock, socket, session } = open();
  session.probe();
  clock.pass(5000);
  ok(socket().closedWith !== undefined || session.state !== "open", "it was kept");
}

export function a_probe_with_echo_keeps_it() {
  const { clock, socket, session } = open();
  clock.pass(10);
  session.probe();
  clock.pass(10);
  socket().hear({ type: "pong" });
  clock.pass(5000);
  equal(session.state, "open");
}

export function what_was_on_its_way_is_no_echo() {
  const { clock, socket, session } = open();
  clock.pass(10);
  session.probe();
  clock.pass(10);
  socket().hear({ type: "changes", room: 1 });
  clock.pass(10_000);
  ok(session.state !== "open", "it was kept");
}

export function an_echo_may_wait_behind_what_keeps_coming() {
  const { clock, socket, session } = open();
  clock.pass(10);
  session.probe();
  for (let waited = 0; waited < 12_000; waited += 4000) {
    clock.pass(4000);
    socket().hear({ type: "changes", room: 1 });
  }
  socket().hear({ type: "pong" });
  clock.pass(10_000);
  equal(session.state, "open");
}

export async function frames_come_in_order_and_singly() {
  const { session, socket } = open();
  const heard = [];
  session.on("frame", (frame) => heard.push(frame.room));
  socket().hear({ type: "changes", room: 1 }, { type: "changes", room: 2 });
  socket().hear({ type: "changes", room: 3 });
  await settled();
  equal(heard, [1, 2, 3]);
}

export function a_late_word_of_an_old_socket_is_not_heard() {
  const { session, socket, clock } = open();
  const old = socket();
  old.end(1006);
  clock.pass(2000);
  const heard = [];
  session.on("frame", (frame) => heard.push(frame));
  old.hear({ type: "changes", room: 1 });
  equal(heard, []);
}
