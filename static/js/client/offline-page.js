// @ts-check
/**
 * The page as this browser remembers it, for when the server cannot be asked for it.
 *
 * @typedef {import("../client.js").Page} Page
 */
import { KeptStorage } from "../state/kept-storage.js";

/**
 * What the server would have put into the page at `path`: the room it names, or for the front door
 * the one that was open last. Null for other pages, and where nothing is kept.
 * @param {string} path
 * @returns {Promise<(Page & {epoch: string | null}) | null>}
 */
export async function offlinePage(path) {
  const { page: kept, rooms } = await everythingKept().catch(nothing);
  if (!kept) return null;
  const { page, epoch } = kept;
  const held = new Map(rooms.map(({ row }) => [row.id, row]));
  const rows = page.rooms.map((row) => held.get(row.id) ?? row);
  const place = placeAt(path, page.urls.rooms, rows, rooms[0]?.row.id ?? null);
  return place && { ...page, epoch, rooms: rows, ...place };
}

/**
 * @param {string} path
 * @param {string} root under which the rooms are
 * @param {import("../state/types.js").RoomRow[]} rows
 * @param {number | null} last the room that was open last
 */
function placeAt(path, root, rows, last) {
  if (path === "/") return last === null ? null : { room: last, at: null };
  if (!path.startsWith(root)) return null;
  const [slug, seq = "", ...more] = path.slice(root.length).split("/");
  const row = rows.find((each) => each.slug === slug);
  if (!row || !/^[0-9]*$/.test(seq) || more.some(Boolean)) return null;
  return { room: row.id, at: seq ? Number(seq) : null };
}

async function everythingKept() {
  return (await KeptStorage.open()).read();
}

/** @returns {import("../state/kept-storage.js").Kept} */
function nothing() {
  return { page: null, rooms: [] };
}
