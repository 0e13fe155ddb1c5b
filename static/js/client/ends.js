// @ts-check
/** What holds until a time: a status, do-not-disturb, a quiet room. */
import { ahead } from "../view/until.js";

/** ms; browsers take no timer much longer than three weeks */
const LONGEST = 24 * 60 * 60 * 1000;

/**
 * Lets the page be painted anew whenever something on it has come to its end.
 * @param {import("../client.js").ChatClient} client
 */
export function watchEnds(client) {
  /** @type {any} */
  let timer = null;
  const end = () => {
    for (const topic of ["rooms", "members", "timeline"]) client.tell(topic);
  };
  const look = () => {
    client.clock.cancel(timer);
    const next = Math.min(...ends(client));
    if (next < Infinity) timer = client.clock.after(end, Math.min(next - Date.now(), LONGEST) + 1);
  };
  for (const topic of ["rooms", "members", "room"]) client.on(topic, look);
  look();
}

/** The moments that are still to come. */
function* ends(/** @type {import("../client.js").ChatClient} */ { people, store, me }) {
  for (const person of [people.get(me.id), ...people.inRoom]) {
    for (const until of [ahead(person.status_until), ahead(person.dnd_until)]) {
      if (until !== null) yield until;
    }
  }
  for (const { quietUntil } of store.rooms.values()) {
    if (quietUntil !== null && quietUntil > Date.now()) yield quietUntil;
  }
}
