// @ts-check

/** The server said no: `code` is one of docs/protocol.md, `retryAfter` is in seconds. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} detail
   * @param {number | null} [retryAfter]
   */
  constructor(code, detail, retryAfter = null) {
    super(detail);
    this.name = "Refusal";
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** No answer: whether the server acted is unknown, so only what may be repeated is repeated. */
export class Lost extends Error {
  constructor() {
    super("No answer from the server.");
    this.name = "Lost";
  }
}
