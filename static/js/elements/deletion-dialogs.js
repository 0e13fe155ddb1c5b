// @ts-check
/**
 * What those who look after a room do with messages of others: each told with its reason, and none of
 * it for good.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { gettext, ngettext } from "../all-words.js";
import { spanInWords } from "../view/until.js";
import { askWhy, choice } from "./asking-why.js";

const HOUR = 60 * 60; // s
/** Of how many hours what somebody said is deleted. */
const LATELY = [1, 24, 7 * 24, 30 * 24];

/**
 * Deletes a message of another member.
 * @param {ChatClient} client
 * @param {{id: number, author: number}} message
 */
export function askDelete(client, { id, author }) {
  return askWhy(client, {
    title: gettext("Delete the message of {name}?", { name: client.person(author).name }),
    verb: gettext("Delete"),
    note: gettext("They are told, with the reason. You can restore it."),
    act: (reason) => client.api.post(`messages/${id}/removal`, { reason }),
  });
}

/**
 * Brings back what a moderator deleted.
 * @param {ChatClient} client
 * @param {{id: number}} message
 */
export async function restore(client, { id }) {
  try {
    await client.api.post(`messages/${id}/restore`, { reason: "" });
  } catch (error) {
    client.refused(error);
  }
}

/**
 * Deletes what somebody said in a room lately.
 * @param {ChatClient} client
 * @param {number} room
 * @param {number} user
 */
export function askPurge(client, room, user) {
  let hours = "24";
  /** @type {[number, string][]} */
  const spans = LATELY.map((each) => [each, spanInWords(each * HOUR)]);
  const { name } = client.person(user);
  return askWhy(client, {
    title: gettext("Delete what {name} said here", { name }),
    verb: gettext("Delete"),
    note: gettext("They are told, with the reason. You can restore each message."),
    fields: () =>
      choice(gettext("Of the last"), spans, hours, (value) => {
        hours = value;
      }),
    act: async (reason) => {
      const path = `rooms/${room}/members/${user}/purge`;
      const { deleted, most } = await client.api.post(path, { hours: Number(hours), reason });
      client.tell("notice", deletedText(deleted, most, name));
    },
  });
}

/**
 * @param {number} deleted
 * @param {number} most that are deleted at once
 * @param {string} name
 */
function deletedText(deleted, most, name) {
  if (deleted < most) {
    return ngettext("{n} message of {name} was deleted.", "{n} messages of {name} were deleted.", deleted, {
      name,
    });
  }
  return ngettext(
    "{n} message of {name} was deleted. There may be more: do it again.",
    "{n} messages of {name} were deleted. There may be more: do it again.",
    deleted,
    { name },
  );
}
