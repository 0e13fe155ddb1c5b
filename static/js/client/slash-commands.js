// @ts-check
/**
 * What slash commands do. Each resolves when it is done and rejects with Refusal or Lost; words that
 * say what is wrong with it are thrown as Misused. Loaded when the first one is sent.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {import("../state/room.js").RoomState} RoomState
 * @typedef {import("../state/types.js").Person} Person
 */
import { gettext } from "../all-words.js";
import { spanIn, timeIn } from "../state/when.js";
import { handlesIn } from "../state/completion.js";
import { fullTime } from "../view/dates.js";
import { usageOf } from "../view/slash-words.js";
import { momentInWords } from "../view/until.js";
import { listNames } from "../view/words.js";
import { meansToLeave } from "./arranging.js";
import { uuid } from "../uuid.js";

/** The command was understood, but not what comes after it. */
export class Misused extends Error {}

/** Without a time: as long as the server lets one. */
const LONGEST = 364 * 24 * 3600 * 1000; // ms

/** @type {Record<string, (client: ChatClient, room: RoomState, rest: string) => Promise<unknown>>} */
const VERBS = { me, topic, invite, leave, mute, poll, schedule, help };

/**
 * Carries out a command in the open room.
 * @param {ChatClient} client
 * @param {{name: string, rest: string}} command
 */
export async function carryOut(client, { name, rest }) {
  const { room } = client;
  if (room) await VERBS[name](client, room, rest);
}

async function me() {
  throw new Misused(gettext("Say what you do: {usage}", { usage: usageOf("me") }));
}

async function topic(/** @type {ChatClient} */ client, /** @type {RoomState} */ room, /** @type {string} */ rest) {
  if (!rest) {
    throw new Misused(gettext("Say what the topic is: {usage}", { usage: usageOf("topic") }));
  }
  await client.api.change("PATCH", `rooms/${room.id}`, { topic: rest });
  client.tell("notice", gettext("The topic was changed."));
}

async function invite(/** @type {ChatClient} */ client, /** @type {RoomState} */ room, /** @type {string} */ rest) {
  const words = rest.split(/[\s,]+/).filter(Boolean);
  const handles = handlesIn(words.map((word) => `@${word.replace(/^@/, "")}`).join(" "));
  if (handles.length === 0) {
    throw new Misused(gettext("Say whom to invite: {usage}", { usage: usageOf("invite") }));
  }
  const query = handles.map((handle) => `handle=${encodeURIComponent(handle)}`).join("&");
  const { users } = await client.api.read(`rooms/${room.id}/absent?${query}`);
  const here = new Set(client.people.inRoom.map(({ username }) => username));
  const found = new Set(users.map((/** @type {Person} */ { username }) => username));
  const unknown = handles.filter((handle) => !found.has(handle) && !here.has(handle));
  if (unknown.length > 0) {
    const handle = `@${unknown.join(", @")}`;
    throw new Misused(gettext("There is no member called {handle}.", { handle }));
  }
  if (users.length === 0) throw new Misused(gettext("They are in this room already."));
  for (const { id } of users) await client.api.post(`rooms/${room.id}/members`, { user: id });
  const names = users.map((/** @type {Person} */ { name }) => name);
  client.tell("notice", gettext("Invited {names}.", { names: listNames(names) }));
}

async function leave(/** @type {ChatClient} */ client, /** @type {RoomState} */ room) {
  if (!(await meansToLeave(room))) return;
  await client.api.change("DELETE", `rooms/${room.id}/membership`);
}

async function mute(/** @type {ChatClient} */ client, /** @type {RoomState} */ room, /** @type {string} */ rest) {
  const path = `rooms/${room.id}/membership`;
  if (/^off$/i.test(rest)) {
    await client.api.change("PATCH", path, { quiet_until: null });
    return client.tell("notice", gettext("You hear of this room again."));
  }
  const span = rest ? spanIn(rest) : { span: LONGEST, rest: "" };
  if (!span || span.rest) {
    throw new Misused(gettext("Say how long: {usage}, or /mute off", { usage: usageOf("mute") }));
  }
  const until = new Date(Date.now() + span.span);
  await client.api.change("PATCH", path, { quiet_until: until.toISOString() });
  const told = rest
    ? gettext("Quiet until {time}. /mute off ends it.", { time: momentInWords(until.getTime()) })
    : gettext("Quiet. /mute off ends it.");
  return client.tell("notice", told);
}

async function poll(/** @type {ChatClient} */ client, /** @type {RoomState} */ room, /** @type {string} */ rest) {
  const [question, ...options] = rest.split("|").map((part) => part.trim());
  if (options.length >= 2) {
    const asked = { client_id: uuid(), question, options: options.filter(Boolean) };
    return client.api.post(`rooms/${room.id}/polls`, asked);
  }
  const { askPoll } = await import("../elements/poll-dialog.js");
  return askPoll(client, question, options.filter(Boolean));
}

async function schedule(/** @type {ChatClient} */ client, /** @type {RoomState} */ room, /** @type {string} */ rest) {
  const found = timeIn(rest, new Date());
  if (!found || !found.rest) {
    const { askTime } = await import("../elements/schedule-dialog.js");
    const sent = await askTime(client, found?.rest ?? rest, found?.at ?? null);
    if (!sent) throw new Misused(gettext("Nothing was scheduled."));
    return undefined;
  }
  if (found.at <= new Date()) throw new Misused(gettext("That time has passed."));
  await client.composing.schedule(room.id, { body: found.rest, due_at: found.at.toISOString() });
  return client.tell("notice", gettext("It is sent on {time}.", { time: fullTime(found.at) }));
}

async function help() {
  const { showCommands } = await import("../elements/command-help.js");
  showCommands();
}
