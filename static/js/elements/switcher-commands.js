// @ts-check
/**
 * What can be done from the switcher.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { prefer } from "../client/reach.js";
import { gettext } from "../all-words.js";
import { icon } from "../view/pieces.js";
import { put } from "./element.js";

/**
 * @param {ChatClient} client
 * @returns {import("./room-switcher.js").Choice[]}
 */
export function commandChoices(client) {
  const { panels, reading, room, reach, urls } = client;
  const go = (/** @type {string} */ address) => () => location.assign(address);
  const all = [
    command("search", "search", gettext("Search messages"), () => panels.show("search")),
    command("threads", "messages-square", gettext("Threads"), () => panels.show("threads")),
    command("mentions", "at-sign", gettext("Mentions"), () => panels.show("mentions")),
    command("saved", "bookmark", gettext("Saved messages"), () => panels.show("saved")),
    command("scheduled", "clock", gettext("Scheduled messages"), () => panels.show("scheduled")),
    command("all-read", "check", gettext("Mark all rooms as read"), () => reading.markAllRead()),
    command("status", "smile-plus", gettext("Set a status"), () => setStatus(client)),
    command("keys", "keyboard", gettext("Keyboard"), () => showKeys(client)),
    command("find-rooms", "compass", gettext("Find rooms"), go(urls.rooms)),
    ...(urls.newRoom
      ? [command("new-room", "plus", gettext("New room"), go(urls.newRoom))]
      : []),
    command("people", "message-circle", gettext("Write to someone"), go(urls.people)),
    command("profile", "user-round", gettext("Your profile and settings"), go(urls.profile)),
    command("sign-out", "log-out", gettext("Sign out"), go(urls.signOut)),
    ...READING_OUT.filter(([wanted]) => wanted !== reach.read_out).map(([wanted, label]) =>
      command(`read-${wanted}`, "volume-2", label, () => prefer(client, { read_out: wanted })),
    ),
  ];
  if (!room) return all;
  return [
    command("pins", "pin", gettext("Pinned messages"), () => panels.show("pins", room.id)),
    command("info", "info", gettext("About this room"), () => panels.show("info", room.id)),
    ...all,
  ];
}

/** How much is read out of the open room, and what that is called. */
const READING_OUT = /** @type {const} */ ([
  ["everything", gettext("Read out every new message")],
  ["mentions", gettext("Read out what mentions me")],
  ["nothing", gettext("Read out nothing")],
]);

/**
 * @param {string} name
 * @param {string} sign
 * @param {string} label
 * @param {() => unknown} choose
 */
function command(name, sign, label, choose) {
  return { key: `command:${name}`, name: label, about: "", sign: icon(sign), choose };
}

async function setStatus(/** @type {ChatClient} */ client) {
  const { StatusDialog } = await import("./status-dialog.js");
  await put(StatusDialog, client).open();
}

// Not from shortcuts.js, which opens the switcher: the names of files that need each other, made
// of their content, would never be known.
async function showKeys(/** @type {ChatClient} */ client) {
  const { KeyHelp } = await import("./key-help.js");
  put(KeyHelp, client).open();
}
