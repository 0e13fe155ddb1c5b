// @ts-check
/**
 * From messages to what is seen: day separators, the unread line, and groups of one author.
 *
 * @typedef {import("../state/types.js").Message} Message
 * @typedef {{key: string, kind: "day", date: Date}} DayItem
 * @typedef {{key: string, kind: "unread"}} UnreadItem
 * @typedef {{key: string, kind: "message", message: Message, continues: boolean}} MessageItem
 * @typedef {DayItem | UnreadItem | MessageItem} Item
 */

/** ms within which messages of one author stand together */
const TOGETHER = 5 * 60 * 1000;

/**
 * A message keeps its key from the moment it is written, before it has an id.
 * @param {number} author
 * @param {string} clientId
 */
export function keyOf(author, clientId) {
  return `${author}:${clientId}`;
}

/**
 * @param {Message[]} messages by seq
 * @param {number | null} unreadFrom the seq above which the unread line is drawn
 * @returns {Item[]}
 */
export function arrange(messages, unreadFrom) {
  /** @type {Item[]} */
  const items = [];
  /** @type {Message | null} */
  let before = null;
  let passed = Infinity; // the seq above
  for (const message of messages) {
    const date = new Date(message.created_at);
    if (!before || !sameDay(new Date(before.created_at), date)) {
      items.push({ key: `day:${dayKey(date)}`, kind: "day", date });
      before = null;
    }
    if (unreadFrom !== null && (message.seq === unreadFrom || isBetween(passed, unreadFrom, message.seq))) {
      items.push({ key: "unread", kind: "unread" });
      before = null;
    }
    const key = keyOf(message.author, message.client_id);
    items.push({ key, kind: "message", message, continues: continues(before, message) });
    before = message;
    passed = message.seq;
  }
  return items;
}

/**
 * The very message that the line stands above may be shown in its thread alone.
 * @param {number} above
 * @param {number} seq
 * @param {number} below
 */
function isBetween(above, seq, below) {
  return above < seq && seq < below;
}

/**
 * @param {Message | null} before
 * @param {Message} message
 */
function continues(before, message) {
  return (
    before !== null &&
    before.author === message.author &&
    message.reply_to === null &&
    Date.parse(message.created_at) - Date.parse(before.created_at) < TOGETHER
  );
}

/**
 * @param {Date} a
 * @param {Date} b
 */
function sameDay(a, b) {
  return dayKey(a) === dayKey(b);
}

function dayKey(/** @type {Date} */ date) {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}
