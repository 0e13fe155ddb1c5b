// @ts-check
/**
 * What there is to do with a message, beyond what its tools offer.
 *
 * @typedef {import("./message-progress.js").Shown} Shown
 * @typedef {import("./message-acts.js").Acts} Acts
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {{sign: string, label: string, act: () => unknown, isGrave?: boolean}} Item
 * @typedef {{message: Shown, acts: Acts, isSaved: boolean, opener: HTMLElement}} What
 */
import { gettext } from "../all-words.js";
import { put } from "./element.js";
import { memberActs } from "./member-acts.js";

/** members of a room in which it is told who has read a message */
const SEEN_BY_MAX = 50;

/**
 * What those who look after the room may do about the author of a message.
 * @param {ChatClient} client
 * @param {What} what
 * @returns {Item[]}
 */
export function moderating(client, { message: { author, deleted } }) {
  if (deleted || !client.moderates || author === client.me.id) return [];
  if (client.room?.kind === "direct") return [];
  return [...memberActs(client, author), toPanel(client)];
}

/**
 * What anybody may do with a message, from what one does with one's own to what cannot be undone;
 * with one that was deleted, what those who look after the room may.
 * @param {ChatClient} client
 * @param {What} what
 * @returns {Item[]}
 */
export function ordinary(client, what) {
  return what.message.deleted ? ofDeleted(client, what) : ofStanding(client, what);
}

/**
 * @param {ChatClient} client
 * @param {What} what
 * @returns {Item[]}
 */
function ofDeleted(client, { message, acts }) {
  const restore = async () => (await import("./deletion-dialogs.js")).restore(client, message);
  return [
    { sign: "history", label: gettext("What it said"), act: () => acts.showEdits(message) },
    { sign: "rotate-cw", label: gettext("Restore"), act: restore },
    toPanel(client),
  ];
}

/**
 * @param {ChatClient} client
 * @returns {Item}
 */
function toPanel({ panels, openRoom }) {
  const act = () => panels.show("moderation", openRoom);
  return { sign: "shield", label: gettext("Reports and sanctions"), act };
}

/**
 * @param {ChatClient} client
 * @param {What} what
 * @returns {Item[]}
 */
function ofStanding(client, { message, acts, isSaved }) {
  const isOwn = message.author === client.me.id;
  const isOpen = !client.readOnly;
  /** @type {Item[]} */
  const all = [];
  /**
   * @param {string} sign
   * @param {string} label
   * @param {() => unknown} act
   * @param {boolean} [isThere]
   */
  const offer = (sign, label, act, isThere = true) => {
    if (isThere) all.push({ sign, label, act });
  };
  const canEdit = isOpen && isOwn && !message.forwarded;
  offer("pencil", gettext("Edit"), () => client.writing.edit({ message: message.id }), canEdit);
  const inRoom = acts.openThread !== null;
  const markUnread = () => client.reading.markUnread(message.seq);
  offer("eye-off", gettext("Mark unread from here"), markUnread, inRoom);
  offer("corner-down-right", gettext("Forward…"), () => forward(client, message));
  const saveLabel = isSaved ? gettext("Remove from saved") : gettext("Save for later");
  offer("bookmark", saveLabel, () => client.saved.set(message, !isSaved));
  const pinLabel = message.pinned ? gettext("Unpin") : gettext("Pin to the room");
  const pin = () => client.messages.pin(message, !message.pinned);
  offer(message.pinned ? "pin-off" : "pin", pinLabel, pin, client.moderates);
  const wasEdited = message.edited_at !== null;
  offer("history", gettext("What it said before"), () => acts.showEdits(message), wasEdited);
  const isTold = client.people.inRoom.length <= SEEN_BY_MAX;
  offer("eye", gettext("Seen by"), () => showReaders(client, message), isTold);
  const copyText = () => copy(client, message.body, gettext("The text is copied."));
  offer("copy", gettext("Copy text"), copyText);
  offer("link", gettext("Copy link"), () => copyLink(client, message));
  offer("flag", gettext("Report…"), () => report(client, message), !isOwn);
  if (client.moderates || (isOwn && client.mayTakeBack)) {
    const remove = () => acts.remove(message);
    all.push({ sign: "trash-2", label: gettext("Delete"), act: remove, isGrave: true });
  }
  return all;
}

/**
 * @param {ChatClient} client
 * @param {Shown} message
 */
async function forward(client, message) {
  const { ForwardDialog } = await import("./forward-dialog.js");
  put(ForwardDialog, client).ask(message);
}

/**
 * @param {ChatClient} client
 * @param {Shown} message
 */
async function report(client, message) {
  const { reportMessage } = await import("./report-dialog.js");
  await reportMessage(client, message);
}

/**
 * @param {ChatClient} client
 * @param {Shown} message
 */
async function showReaders(client, message) {
  const { SeenBy } = await import("./seen-by.js");
  await put(SeenBy, client).show(message.id);
}

/**
 * @param {ChatClient} client
 * @param {Shown} message
 */
function copyLink(client, message) {
  const address = new URL(client.messages.address(message), location.href).href;
  return copy(client, address, gettext("The link is copied. Only those in the room can follow it."));
}

/**
 * @param {ChatClient} client
 * @param {string} text
 * @param {string} told
 */
async function copy(client, text, told) {
  try {
    await navigator.clipboard.writeText(text);
    client.tell("notice", told);
  } catch {
    client.tell("notice", text); // a network without https has no clipboard
  }
}
