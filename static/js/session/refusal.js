// @ts-check

/**
 * The server said no: `code` is one of docs/protocol.md, `retryAfter` is in seconds; a message that is
 * `held` waits for a moderator, who may post it yet.
 */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} detail
   * @param {number | null} [retryAfter]
   * @param {boolean} [held]
   */
  constructor(code, detail, retryAfter = null, held = false) {
    super(detail);
    this.name = "Refusal";
    this.code = code;
    this.retryAfter = retryAfter;
    this.held = held;
  }
}

/** No answer: whether the server acted is unknown, so only what may be repeated is repeated. */
export class Lost extends Error {
  constructor() {
    super("No answer from the server.");
    this.name = "Lost";
  }
}
