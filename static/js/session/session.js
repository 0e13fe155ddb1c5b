// @ts-check
/**
 * The one socket of the page: it comes back by itself, notices silence, and knows when to stop.
 *
 * @typedef {import("../clock.js").Clock} Clock
 * @typedef {import("../state/types.js").Hello} Hello
 * @typedef {"connecting" | "open" | "waiting" | "stopped"} SessionState
 */
import { Emitter } from "../emitter.js";
import { FINAL_CODES, delayAfter } from "./backoff.js";
import { Lost, Refusal } from "./refusal.js";

const SUBPROTOCOL = "chat.v1";
/** ms from dialling to `hello` */
const GREETING_PATIENCE = 12_000;
/** ms after which a connection counts as good, so that the next loss starts from short waits */
const GOOD_AFTER = 10_000;
/** ms to an answer when there is reason to doubt the connection */
const PROBE_PATIENCE = 5000;
/** ms to the answer of a command */
const ANSWER_PATIENCE = 10_000;
const UNREACHABLE = 4000; // our own close code for a peer that fell silent

/**
 * Tells `state`, `hello` (the frame), `frame` (every other frame that answers no command) and
 * `lost` (the socket is gone).
 */
export class Session extends Emitter {
  /** @type {SessionState} */
  state = "connecting";
  /** @type {string | null} why it stopped: "sign-in" or "banned" */
  reason = null;
  heartbeat = 25; // s, until `hello` says
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  #ref = 0;
  #heardAt = 0;
  #pongAt = 0;
  #saidAt = 0;
  #openedAt = 0;
  /** @type {any} */
  #retry = null;
  /** @type {any} */
  #pulse = null;
  /** @type {Map<number, {resolve: (frame: any) => void, reject: (error: Error) => void, timer: any}>} */
  #awaited = new Map();
  #url;
  #clock;
  #random;
  #WebSocket;

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {Clock} options.clock
   * @param {() => number} [options.random]
   * @param {typeof WebSocket} [options.WebSocket]
   */
  constructor({ url, clock, random = Math.random, WebSocket = globalThis.WebSocket }) {
    super();
    this.#url = url;
    this.#clock = clock;
    this.#random = random;
    this.#WebSocket = WebSocket;
  }

  /** Connects, and keeps connected from now on. */
  start() {
    this.#dial();
  }

  /** There may be a way now: back online, or looked at again. */
  nudge() {
    if (this.state === "waiting") this.#dial();
    else if (this.state === "open") this.probe();
  }

  /** Asks the server for a sign of life and gives the connection up without one. */
  probe() {
    if (this.state !== "open") return;
    const asked = this.#clock.now();
    this.send({ type: "ping" });
    this.#doubt(asked, asked);
  }

  /**
   * Waits for the answer to a ping. What was on its way when the network went is no answer, but on
   * a slow connection much may come before it: each frame gives it a while more.
   */
  #doubt(/** @type {number} */ asked, /** @type {number} */ heard) {
    const socket = this.#socket;
    this.#clock.after(() => {
      if (this.state !== "open" || this.#socket !== socket || this.#pongAt > asked) return;
      if (this.#heardAt <= heard) this.#giveUp();
      else this.#doubt(asked, this.#heardAt);
    }, PROBE_PATIENCE);
  }

  /**
   * Sends a frame that needs no answer. Gives its ref, or null while no connection is open.
   * @param {Record<string, unknown>} frame
   */
  send(frame) {
    if (this.state !== "open" || !this.#socket) return null;
    this.#ref += 1;
    this.#saidAt = this.#clock.now();
    this.#socket.send(JSON.stringify({ ...frame, ref: this.#ref }));
    return this.#ref;
  }

  /**
   * Sends a command and gives its `ack`. Rejects with Refusal, or with Lost when no answer came.
   * @param {Record<string, unknown>} frame
   * @returns {Promise<any>}
   */
  request(frame) {
    const ref = this.send(frame);
    if (ref === null) return Promise.reject(new Lost());
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(() => this.#answer(ref)?.reject(new Lost()), ANSWER_PATIENCE);
      this.#awaited.set(ref, { resolve, reject, timer });
    });
  }

  #dial() {
    this.#clock.cancel(this.#retry);
    this.#enter("connecting");
    const socket = new this.#WebSocket(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    this.#heardAt = this.#clock.now();
    const mine = (/** @type {(event: any) => void} */ handle) => (/** @type {any} */ event) => {
      if (this.#socket === socket) handle(event);
    };
    socket.addEventListener("message", mine((event) => this.#hear(event.data)));
    socket.addEventListener("close", mine((event) => this.#closed(event.code)));
    this.#clock.cancel(this.#pulse);
    this.#pulse = this.#clock.after(() => this.#giveUp(), GREETING_PATIENCE);
  }

  #hear(/** @type {string} */ text) {
    this.#heardAt = this.#clock.now();
    const heard = JSON.parse(text);
    for (const frame of Array.isArray(heard) ? heard : [heard]) this.#handle(frame);
  }

  #handle(/** @type {any} */ frame) {
    if (frame.type === "hello") return this.#greeted(frame);
    if (frame.type === "pong") return void (this.#pongAt = this.#heardAt);
    const answered = frame.type === "ack" || frame.type === "error" ? this.#answer(frame.ref) : null;
    if (!answered) return this.tell("frame", frame);
    if (frame.type === "ack") return answered.resolve(frame);
    return answered.reject(new Refusal(frame.code, frame.detail, frame.retry_after, frame.held));
  }

  #greeted(/** @type {Hello} */ frame) {
    this.heartbeat = frame.heartbeat;
    this.#openedAt = this.#saidAt = this.#clock.now();
    this.#enter("open");
    this.tell("hello", frame);
    this.#listen();
  }

  /** Says something before the server takes the silence for absence, and notices its silence. */
  #listen() {
    const beat = this.heartbeat * 1000;
    this.#clock.cancel(this.#pulse);
    this.#pulse = this.#clock.after(() => {
      const now = this.#clock.now();
      if (now - this.#heardAt >= 2 * beat) return this.#giveUp();
      if (now - Math.min(this.#saidAt, this.#heardAt) >= beat * 0.9) this.send({ type: "ping" });
      return this.#listen();
    }, beat / 5);
  }

  /** The closing handshake of a peer that is gone would take its time: do not wait for it. */
  #giveUp() {
    const socket = this.#socket;
    this.#closed(UNREACHABLE);
    socket?.close(UNREACHABLE);
  }

  #closed(/** @type {number} */ code) {
    this.#socket = null;
    this.#clock.cancel(this.#pulse);
    const wasGood = this.state === "open" && this.#clock.now() - this.#openedAt >= GOOD_AFTER;
    if (wasGood) this.#attempt = 0;
    for (const ref of [...this.#awaited.keys()]) this.#answer(ref)?.reject(new Lost());
    const final = FINAL_CODES.get(code);
    if (final) {
      this.reason = final;
      this.#enter("stopped");
    } else {
      const delay = delayAfter(code, this.#attempt, this.#random);
      this.#attempt += 1;
      this.#retry = this.#clock.after(() => this.#dial(), delay);
      this.#enter("waiting");
    }
    this.tell("lost");
  }

  #answer(/** @type {number} */ ref) {
    const awaited = this.#awaited.get(ref);
    if (!awaited) return null;
    this.#awaited.delete(ref);
    this.#clock.cancel(awaited.timer);
    return awaited;
  }

  #enter(/** @type {SessionState} */ state) {
    this.state = state;
    this.tell("state", state);
  }
}
