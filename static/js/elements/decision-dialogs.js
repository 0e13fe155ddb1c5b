// @ts-check
/**
 * What those who look after a room decide of what waits for them: reports, and messages that a filter
 * held.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { gettext } from "../all-words.js";
import { askWhy } from "./asking-why.js";

/** What a report becomes, and how that is asked. */
const DECISIONS = {
  resolved: {
    title: gettext("Resolve the report"),
    verb: gettext("Resolve"),
    note: gettext("It was right, and has been seen to."),
    label: gettext("Told to who reported it"),
  },
  dismissed: {
    title: gettext("Dismiss the report"),
    verb: gettext("Dismiss"),
    note: gettext("There is nothing to do about it."),
    label: gettext("Told to who reported it"),
  },
  escalated: {
    title: gettext("Leave it to the site"),
    verb: gettext("Escalate"),
    note: gettext("The moderators of the site decide it instead."),
    label: gettext("Why"),
  },
};

/**
 * Decides a report, or leaves it to the moderators of the site.
 * @param {ChatClient} client
 * @param {{id: number}} report
 * @param {keyof typeof DECISIONS} status
 */
export function askDecision(client, { id }, status) {
  return askWhy(client, {
    ...DECISIONS[status],
    isGrave: false,
    act: (outcome) => client.api.change("PATCH", `reports/${id}`, { status, outcome }),
  });
}

/**
 * Lets a message that a filter held never be posted.
 * @param {ChatClient} client
 * @param {{id: number, author: {name: string}}} held
 */
export function askReject(client, { id, author }) {
  return askWhy(client, {
    title: gettext("Reject the message of {name}", { name: author.name }),
    verb: gettext("Reject"),
    note: gettext("It is never posted. They are told, with the reason."),
    act: (reason) => client.api.post(`held/${id}/reject`, { reason }),
  });
}
