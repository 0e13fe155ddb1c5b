// @ts-check
/**
 * Slash commands: which there are, and which one a text is.
 *
 * @typedef {{kind: "text", body: string}
 *   | {kind: "command", name: string, rest: string}
 *   | {kind: "unknown", name: string}} Reading
 */

/** Those of which view/slash-words.js tells what they are for. */
const NAMES = new Set(["me", "topic", "invite", "leave", "mute", "poll", "schedule", "help"]);

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
  if (!NAMES.has(name)) return { kind: "unknown", name };
  return { kind: "command", name, rest: (found[2] ?? "").trim() };
}
