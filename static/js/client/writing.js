// @ts-check
/** @typedef {import("../state/room.js").RoomState} RoomState */
import { OwnTyping } from "../state/typing.js";
import { uuid } from "../uuid.js";

/** What this member writes in the open room: the draft, what it answers, and its way out. */
export class Writing {
  /** @type {{message: number} | {entry: string} | null} what is being edited in the timeline */
  editing = null;
  #client;
  #drafts;
  #typing;

  /**
   * @param {import("../client.js").ChatClient} client
   * @param {import("../state/drafts.js").Drafts} drafts
   */
  constructor(client, drafts) {
    this.#client = client;
    this.#drafts = drafts;
    this.#typing = new OwnTyping(
      (room, on) => client.session.send({ type: "typing", room, on }),
      client.clock,
    );
  }

  /** The draft of the open room; one that a crash left behind after it was sent is gone. */
  get draft() {
    const { room, outbox } = this.#client;
    if (!room) return null;
    const draft = this.#drafts.get(room.id);
    if (!draft?.sentAs) return draft;
    const wasSent =
      outbox.has(draft.sentAs) ||
      [...room.rows.values()].some((row) => row.client_id === draft.sentAs);
    return wasSent ? null : draft;
  }

  /** Keeps what is typed in the open room. */
  write(/** @type {string} */ text) {
    const { openRoom } = this.#client;
    if (openRoom === null) return;
    this.#drafts.set(openRoom, { text, replyTo: this.draft?.replyTo ?? null });
    if (text.trim()) this.#typing.typed(openRoom);
    else this.#typing.stopped();
  }

  /** Chooses the message that the draft answers, or none. */
  replyTo(/** @type {number | null} */ message) {
    const { openRoom } = this.#client;
    if (openRoom === null) return;
    this.#drafts.set(openRoom, { text: this.draft?.text ?? "", replyTo: message });
    this.#client.tell("composer");
  }

  /** Sends the draft of the open room. The draft goes when the outbox has written it down. */
  async send(/** @type {string} */ text) {
    const { room, outbox, timeline, reading, windows } = this.#client;
    const body = text.trim();
    if (!room || !body) return;
    const { replyTo = null } = this.#drafts.get(room.id) ?? {};
    const clientId = uuid();
    this.#drafts.set(room.id, { text, replyTo, sentAs: clientId });
    this.#typing.stopped();
    reading.wrote(room.id);
    timeline?.open(null);
    const written = outbox.add({ client_id: clientId, room: room.id, body, reply_to: replyTo });
    windows.fill(room.id);
    await written;
    if (this.#drafts.get(room.id)?.sentAs === clientId) this.#drafts.clear(room.id);
    this.#client.tell("composer");
  }

  /** Opens the editor on one's own message, or on one that was refused; null closes it. */
  edit(/** @type {{message: number} | {entry: string} | null} */ what) {
    this.editing = what;
    this.#client.tell("timeline");
  }

  /** Opens the editor on one's last message in the window. Tells whether there is one. */
  editLast() {
    const { timeline, me } = this.#client;
    const own = timeline?.messages.findLast(
      (message) => message.author === me.id && !message.deleted,
    );
    if (own) this.edit({ message: own.id });
    return own !== undefined;
  }

  /** The open room is left for another. */
  left() {
    this.#typing.stopped();
    this.editing = null;
  }
}
