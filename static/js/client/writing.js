// @ts-check
/** @typedef {import("../state/room.js").RoomState} RoomState */
import { EditDrafts } from "../state/edit-drafts.js";
import { OwnTyping } from "../state/typing.js";
import { uuid } from "../uuid.js";

/** What this member writes in the open room: the draft, what it answers, and its way out. */
export class Writing {
  /** @type {import("../state/edit-drafts.js").Edited | null} what is being edited in the timeline */
  editing = null;
  #client;
  #drafts;
  #edits;
  #typing;

  /**
   * @param {import("../client.js").ChatClient} client
   * @param {import("../state/drafts.js").Drafts} drafts
   */
  constructor(client, drafts) {
    this.#client = client;
    this.#drafts = drafts;
    this.#edits = new EditDrafts(client.me.id);
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

  /** Opens the editor on one's own message, or on one that was refused. Null closes it for good. */
  edit(/** @type {import("../state/edit-drafts.js").Edited | null} */ what) {
    const { openRoom } = this.#client;
    if (!what && this.editing && openRoom !== null) this.#edits.forget(openRoom, this.editing);
    this.editing = what;
    this.#client.tell("timeline");
  }

  /** What was typed into the open editor before it was left, by a reload or for another room. */
  get edited() {
    const { openRoom } = this.#client;
    if (openRoom === null || !this.editing) return null;
    return this.#edits.of(openRoom, this.editing)?.text ?? null;
  }

  /** Keeps what is typed into the open editor. */
  writeEdit(/** @type {string} */ text) {
    const { openRoom, room } = this.#client;
    const what = this.editing;
    if (openRoom === null || !what) return;
    const seq = "message" in what ? (room?.byId.get(what.message)?.seq ?? null) : null;
    this.#edits.keep(openRoom, { what, seq, text });
  }

  /** A room is opened: so is the editor that was left in it. Gives its message's seq, if any. */
  entered(/** @type {number} */ room) {
    const [kept] = this.#edits.in(room);
    this.editing = kept?.what ?? null;
    return kept?.seq ?? null;
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
