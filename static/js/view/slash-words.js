// @ts-check
/**
 * What slash commands are for, and how each is used.
 *
 * @typedef {{name: string, usage: string, about: string}} Command
 */
import { gettext } from "../all-words.js";

/** @type {Command[]} */
export const COMMANDS = [
  { name: "me", usage: gettext("/me waves"), about: gettext("Say what you do") },
  {
    name: "topic",
    usage: gettext("/topic What we talk about"),
    about: gettext("Change the topic of the room"),
  },
  {
    name: "invite",
    usage: gettext("/invite @handle"),
    about: gettext("Invite members into the room"),
  },
  { name: "leave", usage: "/leave", about: gettext("Leave the room") },
  {
    name: "mute",
    usage: "/mute 2h",
    about: gettext("Hear nothing of this room for a time; /mute off"),
  },
  { name: "poll", usage: gettext("/poll Lunch? | Pizza | Salad"), about: gettext("Ask the room to vote") },
  {
    name: "schedule",
    usage: gettext("/schedule tomorrow 9:00 Good morning"),
    about: gettext("Send it later"),
  },
  { name: "help", usage: "/help", about: gettext("Show these commands") },
];

/** How a command is used. */
export function usageOf(/** @type {string} */ name) {
  return COMMANDS.find((command) => command.name === name)?.usage ?? "";
}
