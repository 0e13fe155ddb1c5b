// @ts-check
/**
 * What this browser keeps of the rooms its member read last, so that they can be read without a
 * network. It is one member's: it goes when they sign out, or when somebody else comes.
 *
 * @typedef {import("./types.js").RoomRow} RoomRow
 *
 * @typedef {object} KeptRoom
 * @property {string} key
 * @property {number} at ms, when it was kept
 * @property {RoomRow} row as of the same version as the messages
 * @property {import("./types.js").Message[]} messages the newest, without a hole
 * @property {import("./types.js").Member[]} members those that the messages speak of
 *
 * @typedef {object} KeptPage
 * @property {string} key
 * @property {string | null} epoch
 * @property {import("../client.js").Page} page what the server put into the last page
 *
 * @typedef {{page: KeptPage | null, rooms: KeptRoom[]}} Kept
 */

/** As in service-worker.js, which forgets it when the member signs out. */
const DATABASE = "chat-kept";
const STORE = "kept";
const PAGE = "page";

/** Where it is kept. Every promise rejects where the browser refuses to. */
export class KeptStorage {
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
    // Another tab, or the worker, forgets it all: that must not wait for this one.
    database.onversionchange = () => database.close();
  }

  /** @returns {Promise<KeptStorage>} */
  static async open() {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    return new KeptStorage(await answer(request));
  }

  /** @returns {Promise<Kept>} the room that was kept last comes first */
  async read() {
    /** @type {any[]} */
    const records = await answer(this.#database.transaction(STORE).objectStore(STORE).getAll());
    const rooms = records.filter(({ key }) => key !== PAGE).sort((a, b) => b.at - a.at);
    return { page: records.find(({ key }) => key === PAGE) ?? null, rooms };
  }

  /**
   * Writes records, and takes others away, in one transaction.
   * @param {(KeptRoom | KeptPage)[]} records
   * @param {string[]} gone keys
   */
  async write(records, gone = []) {
    const transaction = this.#database.transaction(STORE, "readwrite");
    const store = transaction.objectStore(STORE);
    for (const key of gone) store.delete(key);
    for (const record of records) store.put(record);
    transaction.commit(); // the page may be about to go
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
  }

  async clear() {
    await answer(this.#database.transaction(STORE, "readwrite").objectStore(STORE).clear());
  }
}

/** The key of a room's record. */
export function keyOf(/** @type {number} */ room) {
  return `room:${room}`;
}

/** The record of the page. */
export function pageRecord(/** @type {Omit<KeptPage, "key">} */ fields) {
  return { key: PAGE, ...fields };
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
