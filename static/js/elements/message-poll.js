// @ts-check
/**
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {import("../state/types.js").Poll} Poll
 */
import { html, nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { gettext, language, ngettext } from "../all-words.js";
import { icon } from "../view/pieces.js";
import { listNames } from "../view/words.js";
import { ChatElement } from "./element.js";

const NAMES_TOLD = 12; // names of those who chose an option
const percent = new Intl.NumberFormat(language, { style: "percent" });

/** A poll under its question: how it stands, one's own choice, and its end. */
class MessagePoll extends ChatElement {
  static topics = ["timeline", "threads", "members"];
  /** @type {Message} */
  // @ts-expect-error set before the element enters the page
  message;
  /** @type {number[] | null} one's own choice where the row does not name voters */
  #choice = null;
  #isAsked = false;
  #isBusy = false;
  #error = "";

  get #poll() {
    const { client, message } = this;
    // The newest row: the element may be drawn again before the one around it.
    const row = client.store.rooms.get(message.room)?.byId.get(message.id) ?? message;
    return /** @type {Poll} */ (row.poll ?? message.poll);
  }

  template() {
    const poll = this.#poll;
    if (!poll) return nothing;
    const kind = poll.closed
      ? gettext("Closed")
      : poll.multiple
        ? gettext("Choose several")
        : gettext("Choose one");
    return html`
      <div class="poll" role="group" aria-label=${gettext("Poll")}>
        ${poll.options.map((option, index) => this.#option(poll, index))}
        <p class="poll__foot">
          <span>${gettext("{kind} · {votes}", { kind, votes: votesText(poll.voters) })}</span>
          ${this.#mayClose(poll)
            ? html`<button type="button" class="link" @click=${() => this.#close()}>
                ${gettext("Close the poll")}
              </button>`
            : nothing}
        </p>
        ${this.#error ? html`<p class="poll__error" role="alert">${this.#error}</p>` : nothing}
      </div>
    `;
  }

  #option(/** @type {Poll} */ poll, /** @type {number} */ index) {
    const { text, votes, users } = poll.options[index];
    const isMine = this.#mine(poll).includes(index);
    const share = poll.voters ? Math.round((100 * votes) / poll.voters) : 0;
    const shown = { n: votes.toLocaleString(language), share: percent.format(share / 100) };
    const names = users.map((user) => this.client.person(user).name);
    return html`<button
      type="button"
      class="poll__option"
      aria-pressed=${isMine}
      ?disabled=${poll.closed || this.#isBusy || this.client.readOnly}
      title=${names.length > 0 ? listNames(names, NAMES_TOLD) : nothing}
      @click=${() => this.#vote(poll, index)}
    >
      <span class="poll__mark">${isMine ? icon("circle-check") : nothing}</span>
      <span class="poll__text"><bdi>${text}</bdi></span>
      <span class="poll__votes">
        <span class="visually-hidden">${votesText(votes)}, ${shown.share}</span>
        <span aria-hidden="true">${gettext("{n} · {share}", shown)}</span>
      </span>
      <progress class="poll__bar" max="100" value=${share} aria-hidden="true"></progress>
    </button>`;
  }

  /** One's own choice; asked for where too many voted to be named. */
  #mine(/** @type {Poll} */ poll) {
    const { me } = this.client;
    const isNamed = poll.options.every(({ votes, users }) => votes === users.length);
    if (isNamed) {
      return poll.options.flatMap(({ users }, index) => (users.includes(me.id) ? [index] : []));
    }
    if (!this.#isAsked) void this.#ask();
    return this.#choice ?? [];
  }

  async #ask() {
    this.#isAsked = true;
    try {
      this.#choice = (await this.client.api.read(`messages/${this.message.id}/vote`)).choice;
      this.update();
    } catch {
      this.#isAsked = false; // the next change asks again
    }
  }

  #mayClose(/** @type {Poll} */ poll) {
    const { client, message } = this;
    return !poll.closed && !client.readOnly && (message.author === client.me.id || client.moderates);
  }

  async #vote(/** @type {Poll} */ poll, /** @type {number} */ index) {
    const mine = this.#mine(poll);
    const others = poll.multiple ? mine.filter((each) => each !== index) : [];
    const choice = mine.includes(index) ? others : [...others, index];
    await this.#run(async () => {
      await this.client.api.change("PUT", `messages/${this.message.id}/vote`, { choice });
      this.#choice = choice;
    });
  }

  /** A closed poll stays closed, and the way there is beside the options. */
  async #close() {
    const { confirmed } = await import("./confirm-dialog.js");
    const question = gettext("Close the poll? Nobody can vote any more.");
    if (!(await confirmed(question, gettext("Close")))) return;
    await this.#run(() => this.client.api.post(`messages/${this.message.id}/poll/close`, {}));
  }

  async #run(/** @type {() => Promise<unknown>} */ act) {
    this.#isBusy = true;
    this.#error = "";
    this.paint();
    try {
      await act();
    } catch (error) {
      this.#error = (await import("./asking.js")).words(error);
    }
    this.#isBusy = false;
    if (this.isConnected) this.paint();
  }
}

function votesText(/** @type {number} */ count) {
  return ngettext("{n} vote", "{n} votes", count);
}

customElements.define("message-poll", MessagePoll);
