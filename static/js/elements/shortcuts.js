// @ts-check
/**
 * The keys that do something wherever one is on the page. What they lead to is loaded then.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { put } from "./element.js";
import { latinKey } from "./keys.js";

/** Does what a key stands for, unless whatever has the focus took it already. */
export function pressedAnywhere(/** @type {KeyboardEvent} */ event, /** @type {ChatClient} */ client) {
  if (event.defaultPrevented || document.querySelector(":modal")) return;
  const act = actOf(event, client);
  if (!act) return;
  event.preventDefault();
  void act();
}

function actOf(/** @type {KeyboardEvent} */ event, /** @type {ChatClient} */ client) {
  const { altKey, shiftKey } = event;
  const key = latinKey(event);
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && !altKey && key === "k") return () => openSwitcher(client);
  if (isCommand && !altKey && key === "/") return () => showKeys(client);
  if (isCommand && !altKey && !shiftKey && key === "f") return search(event, client);
  if (isCommand) return null;
  if (altKey && key === "arrowup") return () => step(client, -1, shiftKey);
  if (altKey && key === "arrowdown") return () => step(client, 1, shiftKey);
  const isText = /** @type {Element} */ (event.target).matches?.("input, textarea, select");
  return key === "?" && !altKey && !isText && client.reach.single_keys ? () => showKeys(client) : null;
}

/** Opens what finds rooms, people and commands. */
async function openSwitcher(/** @type {ChatClient} */ client) {
  const from = /** @type {HTMLElement | null} */ (document.activeElement);
  from?.blur(); // what is typed before the switcher is here is not meant for the room
  const { RoomSwitcher } = await import("./room-switcher.js");
  put(RoomSwitcher, client).open(from);
}

/** Searches in the open room; from where one searches already, the browser's own search opens. */
function search(/** @type {KeyboardEvent} */ { target }, /** @type {ChatClient} */ client) {
  if (/** @type {Element} */ (target).closest?.("search-panel")) return null;
  return () => client.panels.show("search", client.openRoom);
}

/** Shows which keys there are. */
async function showKeys(/** @type {ChatClient} */ client) {
  const { KeyHelp } = await import("./key-help.js");
  put(KeyHelp, client).open();
}

/**
 * @param {ChatClient} client
 * @param {1 | -1} way
 * @param {boolean} isUnread
 */
async function step(client, way, isUnread) {
  const { roomBeside } = await import("../client/room-steps.js");
  const room = roomBeside(client, way, isUnread);
  if (room) client.tell("go", `${client.urls.rooms}${room.slug}/`);
}
