// @ts-check
/** @typedef {import("../state/room.js").RoomState} RoomState */

/**
 * The room above or below the open one, in the order of the member's own list; from its end on at the
 * beginning. With `isUnread` the next in which something is unread. Null where there is none.
 * @param {import("../client.js").ChatClient} client
 * @param {1 | -1} way
 * @param {boolean} isUnread
 * @returns {RoomState | null}
 */
export function roomBeside({ ownList, openRoom }, way, isUnread) {
  const { favourites, rooms, direct } = ownList.lists;
  const all = [...favourites, ...rooms, ...direct];
  const from = all.findIndex((room) => room.id === openRoom);
  const ahead = way === 1 ? all.slice(from + 1) : all.slice(0, Math.max(0, from)).reverse();
  const around = way === 1 ? all.slice(0, Math.max(0, from)) : all.slice(from + 1).reverse();
  const wanted = (/** @type {RoomState} */ room) =>
    !isUnread || (room.unread.count > 0 && !room.isQuiet);
  return [...ahead, ...around].find(wanted) ?? null;
}
