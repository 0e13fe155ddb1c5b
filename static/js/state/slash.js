// @ts-check
/**
 * Slash commands: which there are, and which one a text is.
 *
 * @typedef {{name: string, usage: string, about: string}} Command
 * @typedef {{kind: "text", body: string}
 *   | {kind: "command", name: string, rest: string}
 *   | {kind: "unknown", name: string}} Reading
 */

/** @type {Command[]} */
export const COMMANDS = [
  { name: "me", usage: "/me waves", about: "Say what you do" },
  { name: "topic", usage: "/topic What we talk about", about: "Change the topic of the room" },
  { name: "invite", usage: "/invite @handle", about: "Invite members into the room" },
  { name: "leave", usage: "/leave", about: "Leave the room" },
  { name: "mute", usage: "/mute 2h", about: "Hear nothing of this room for a time; /mute off" },
  { name: "poll", usage: "/poll Lunch? | Pizza | Salad", about: "Ask the room to vote" },
  { name: "schedule", usage: "/schedule tomorrow 9:00 Good morning", about: "Send it later" },
  { name: "help", usage: "/help", about: "Show these commands" },
];

const COMMAND = /^\/([a-z]+)(?:\s+([\s\S]*))?$/i;
const ACTION = /^\/me\s+\S/;

/**
 * What is meant by a text that is to be sent. Two slashes say one; a path, as /usr/bin, is a text.
 * @param {string} text trimmed
 * @returns {Reading}
 */
export function readCommand(text) {
  if (text.startsWith("//")) {
    const body = text.slice(1);
    // The server takes "/me" for an action; Markdown's backslash says it as it stands.
    return { kind: "text", body: ACTION.test(body) ? `\\${body}` : body };
  }
  const found = COMMAND.exec(text);
  if (!found || ACTION.test(text)) return { kind: "text", body: text };
  const name = found[1].toLowerCase();
  if (!COMMANDS.some((command) => command.name === name)) return { kind: "unknown", name };
  return { kind: "command", name, rest: (found[2] ?? "").trim() };
}

/** How a command is used. */
export function usageOf(/** @type {string} */ name) {
  return COMMANDS.find((command) => command.name === name)?.usage ?? "";
}
