// @ts-check
import { uuid } from "../uuid.js";

/** What this member writes in the open thread: the draft, what it answers, and its way out. */
export class ThreadWriting {
  #client;

  /** @param {import("../client.js").ChatClient} client */
  constructor(client) {
    this.#client = client;
  }

  /** The draft of the open thread; one that a crash left behind after it was sent is gone. */
  get draft() {
    const { drafts, outbox, threads } = this.#client;
    const { open } = threads;
    const draft = open?.root ? drafts.get(open.root.room, open.id) : null;
    if (!open || !draft?.sentAs) return draft;
    const wasSent =
      outbox.has(draft.sentAs) || open.messages.some((row) => row.client_id === draft.sentAs);
    return wasSent ? null : draft;
  }

  /** Keeps what is typed in the open thread. */
  write(/** @type {string} */ text) {
    this.#keep({ text, replyTo: this.draft?.replyTo ?? null });
  }

  /** Chooses the message that the draft answers, or none. */
  replyTo(/** @type {number | null} */ message) {
    this.#keep({ text: this.draft?.text ?? "", replyTo: message });
    this.#client.tell("composer");
  }

  /**
   * Sends what is typed to the open thread, shown in the room too where that is wanted. The draft
   * goes when the outbox has written it down.
   * @param {string} text
   * @param {boolean} inRoom
   */
  async send(text, inRoom) {
    const { drafts, outbox, threads } = this.#client;
    const thread = threads.open?.id;
    const room = threads.open?.root?.room;
    const body = text.trim();
    if (thread === undefined || room === undefined || !body) return;
    const replyTo = this.draft?.replyTo ?? null;
    const clientId = uuid();
    drafts.set(room, { text, replyTo, sentAs: clientId }, thread);
    const message = { client_id: clientId, room, body, reply_to: replyTo, thread };
    const written = outbox.add(inRoom ? { ...message, in_room: true } : message);
    this.#client.tell("composer");
    await written;
    if (drafts.get(room, thread)?.sentAs === clientId) drafts.clear(room, thread);
  }

  #keep(/** @type {{text: string, replyTo: number | null}} */ draft) {
    const { drafts, threads } = this.#client;
    if (threads.open?.root) drafts.set(threads.open.root.room, draft, threads.open.id);
  }
}
