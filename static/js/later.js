// @ts-check
/**
 * What the page does once it stands: nothing of it is needed to read and write at once.
 *
 * @typedef {import("./client.js").ChatClient} ChatClient
 */
import { watchEnds } from "./client/ends.js";
import { install } from "./client/installing.js";
import { beginKeeping } from "./client/keeping.js";
import { RecentRooms } from "./state/recents.js";

/** Begins what goes on beside the conversation. */
export function begin(/** @type {ChatClient} */ client) {
  const recent = new RecentRooms(client.me.id);
  const visited = () => client.openRoom !== null && recent.add(client.openRoom);
  visited();
  client.on("room", visited);
  watchEnds(client);
  void import("./elements/room-switcher.js"); // at hand, so that no key is lost on the way
  void beginKeeping(client);
  void install(client);
}
