// @ts-check
import { render } from "../../vendor/lit-html-3.3.3/lit-html.js";

/**
 * A piece of the page that draws itself from the client: at once when it enters the page, then
 * once a frame at most, after one of its topics was told.
 */
export class ChatElement extends HTMLElement {
  /** @type {string[]} the client's topics that change what is seen here */
  static topics = [];
  /** @type {import("../client.js").ChatClient} set before the element enters the page */
  // @ts-expect-error there is no element without a client
  client;
  #ended = new AbortController();
  #isDue = false;

  /** Aborted when the element leaves the page. */
  get ended() {
    return this.#ended.signal;
  }

  connectedCallback() {
    this.#ended = new AbortController();
    const { topics } = /** @type {typeof ChatElement} */ (this.constructor);
    for (const topic of topics) this.client.on(topic, () => this.update(), this.ended);
    this.replaceChildren();
    this.paint();
    this.entered();
  }

  disconnectedCallback() {
    this.#ended.abort();
  }

  /** Draws again with the next frame. */
  update() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      if (this.isConnected) this.paint();
    });
  }

  paint() {
    render(this.template(), this, { host: this });
  }

  /** Called once the element was drawn for the first time. */
  entered() {}

  /** @returns {unknown} */
  template() {
    throw new Error(`${this.localName} has no template.`);
  }
}

/**
 * Puts a new element at the end of the page: a dialog, a menu. It is made by hand because a module
 * that is loaded when it is first needed comes too late for a template.
 * @template {ChatElement} Made
 * @param {new () => Made} kind
 * @param {import("../client.js").ChatClient} client
 * @returns {Made}
 */
export function put(kind, client) {
  const made = new kind();
  made.client = client;
  document.body.append(made);
  return made;
}
