// @ts-check
/** A room as the server keeps it: every verb takes a version, every row carries its last. */

const ME = 1;

export class ModelRoom {
  version = 0;
  messages = [];
  members = new Map();
  info = null;
  readSeq = 0;
  mark = null;

  constructor(id, { page = 5, furthest = 40, me = ME } = {}) {
    this.id = id;
    this.page = page;
    this.furthest = furthest;
    this.me = me;
    this.info = this.#info("Room");
    this.join(me);
  }

  get lastSeq() {
    return this.messages.length;
  }

  post(author, { mentions = [], clientId = `c${this.id}-${this.lastSeq + 1}`, body } = {}) {
    const seq = this.lastSeq + 1;
    this.messages.push({
      id: this.id * 1000 + seq,
      room: this.id,
      seq,
      version: this.#take(),
      author,
      client_id: clientId,
      body: body ?? `message ${seq}`,
      html: `<p>${body ?? `message ${seq}`}</p>`,
      created_at: new Date(Date.UTC(2026, 10, 21, 20, 0, seq)).toISOString(),
      edited_at: null,
      deleted: false,
      reply_to: null,
      thread: null,
      pinned: false,
      mentions,
      attachments: [],
      reactions: [],
    });
    if (author === this.me) {
      this.readSeq = seq;
      this.mark = null;
    }
    return this.messages.at(-1);
  }

  edit(seq, body, mentions = []) {
    this.#change(seq, { body, html: `<p>${body}</p>`, edited_at: "2026-11-21T21:00:00.000Z", mentions });
  }

  remove(seq) {
    this.#change(seq, { deleted: true, body: "", html: "", reactions: [], mentions: [] });
  }

  react(seq, user, emoji) {
    this.#change(seq, { reactions: [{ emoji, users: [user] }] });
  }

  join(user) {
    this.members.set(user, { user, username: `u${user}`, name: `U${user}`, avatar: null, role: "member", version: this.#take() });
  }

  leave(user) {
    this.members.set(user, { ...this.members.get(user), role: null, version: this.#take() });
  }

  rename(name) {
    this.info = this.#info(name);
  }

  /** The member reads up to `seq`; gives the `read` frame that the other devices get. */
  read(seq) {
    const target = Math.min(seq, this.lastSeq);
    this.readSeq = Math.max(this.readSeq, target);
    if (this.mark !== null && target >= this.mark) {
      this.mark = target < this.readSeq ? target + 1 : null;
    }
    return this.#told({});
  }

  /** The member marks what they had read; gives the `read` frame that all devices get. */
  markUnread(seq) {
    this.mark = seq <= this.readSeq ? seq : null;
    const { unread, mentions } = this.hello();
    return this.#told({ unread, mentions });
  }

  /** One live frame: what changed since `from`, as it stands. */
  live(from) {
    return this.#frame(from, this.version);
  }

  /** The answer to `sync` from `version`: a page, or a reset. */
  sync(version, ref) {
    const isTooFar = this.version - version > this.furthest || version > this.version;
    if (isTooFar) {
      return {
        ...this.#frame(0, this.version),
        messages: this.history().messages,
        members: [...this.members.values()].filter((row) => row.role !== null),
        reset: true,
        ref,
      };
    }
    const to = Math.min(this.version, version + this.page);
    return { ...this.#frame(version, to), more: to < this.version, ref };
  }

  history({ before, after, limit = 20 } = {}) {
    let rows = this.messages;
    if (before) rows = rows.filter((row) => row.seq < before);
    if (after) rows = rows.filter((row) => row.seq > after).slice(0, limit);
    return { messages: rows.slice(-limit), version: this.version, last_seq: this.lastSeq };
  }

  hello() {
    const position = this.mark === null ? this.readSeq : this.mark - 1;
    const ahead = this.messages.filter(
      (row) => row.seq > position && row.author !== this.me && !row.deleted,
    );
    return {
      id: this.id,
      kind: "public",
      slug: `room-${this.id}`,
      name: this.info.name,
      version: this.version,
      last_seq: this.lastSeq,
      read_seq: this.readSeq,
      unread: Math.min(100, ahead.length),
      mentions: Math.min(100, ahead.filter((row) => row.mentions.includes(this.me)).length),
      notify: "mentions",
      role: "member",
      ...(this.mark === null ? {} : { unread_from: this.mark }),
    };
  }

  #told(counts) {
    const mark = this.mark === null ? {} : { unread_from: this.mark };
    return { type: "read", room: this.id, read_seq: this.readSeq, ...mark, ...counts };
  }

  #frame(from, to) {
    const isIn = (row) => row.version > from && row.version <= to;
    return {
      type: "changes",
      room: this.id,
      from,
      to,
      messages: this.messages.filter(isIn),
      members: [...this.members.values()].filter(isIn),
      info: isIn(this.info) ? this.info : null,
      more: false,
      reset: false,
      ref: null,
    };
  }

  #change(seq, fields) {
    const row = this.messages[seq - 1];
    if (row.deleted) return;
    this.messages[seq - 1] = { ...row, ...fields, version: this.#take() };
  }

  #info(name) {
    return {
      id: this.id,
      kind: "public",
      slug: `room-${this.id}`,
      name,
      topic: "",
      locked: false,
      archived: false,
      slow_mode: 0,
      version: this.#take(),
    };
  }

  #take() {
    this.version += 1;
    return this.version;
  }
}

/** Lets a random member do a random thing. */
export function act(room, random) {
  const others = [1, 2, 3];
  const seq = 1 + random.below(Math.max(1, room.lastSeq));
  const what = room.lastSeq === 0 ? 0 : random.below(10);
  if (what < 5) room.post(random.pick(others), { mentions: random.chance(0.3) ? [room.me] : [] });
  else if (what === 5) room.edit(seq, `edited ${room.version}`, random.chance(0.3) ? [room.me] : []);
  else if (what === 6) room.remove(seq);
  else if (what === 7) room.react(seq, random.pick(others), random.pick(["👍", "🎉"]));
  else if (what === 8) random.chance(0.5) ? room.join(random.pick([2, 3, 4])) : room.leave(room.members.has(4) ? 4 : 1);
  else room.rename(`Room ${room.version}`);
}
