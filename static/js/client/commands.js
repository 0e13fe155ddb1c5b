// @ts-check
/** @typedef {import("../clock.js").Clock} Clock */
import { gettext } from "../language.js";
import { Lost, Refusal } from "../session/refusal.js";

/** ms before a command that found no way to the server is tried again */
const RETRY = 1000;

/** Commands that may be repeated, carried out however often the connection goes meanwhile. */
export class Commands {
  #session;
  #clock;

  /**
   * @param {import("../session/session.js").Session} session
   * @param {Clock} clock
   */
  constructor(session, clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /**
   * Sends `frame` until there is an answer and gives the `ack`. Rejects with Refusal.
   * @param {Record<string, unknown>} frame
   */
  async run(frame) {
    for (;;) {
      try {
        return await this.#session.request(frame);
      } catch (error) {
        const isPassing = error instanceof Refusal && error.code === "unavailable";
        if (!isPassing && !(error instanceof Lost)) throw error;
        if (this.#session.state === "stopped") {
          throw new Refusal("forbidden", gettext("You are signed out."));
        }
        await new Promise((resolve) => {
          this.#clock.after(() => resolve(undefined), RETRY);
        });
      }
    }
  }
}
