// @ts-check
/**
 * Where the outbox writes: IndexedDB, and memory where the browser refuses it or is full.
 *
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {import("./outbox.js").OutboxStorage} OutboxStorage
 */

const DATABASE = "chat";
const STORE = "outbox";
const VERSION = 1;
/** ms to open the database; a browser that is in trouble may never answer */
const PATIENCE = 3000;

/**
 * Opens the outbox of this browser. Never fails: at worst what is written lasts as long as the tab.
 * @param {IDBFactory | undefined} [factory]
 * @returns {Promise<OutboxStorage>}
 */
export async function openOutboxStorage(factory) {
  const memory = new MemoryStorage();
  try {
    // Reading the global may throw already, where the browser keeps nothing for the site.
    const database = await openDatabase(factory ?? globalThis.indexedDB);
    return new WithFallback(new DatabaseStorage(database), memory);
  } catch {
    return memory;
  }
}

/** @implements {OutboxStorage} */
export class MemoryStorage {
  lasts = false;
  /** @type {Map<string, Entry>} */
  #entries = new Map();

  async put(/** @type {Entry} */ entry) {
    this.#entries.set(entry.client_id, { ...entry });
  }

  async remove(/** @type {string} */ clientId) {
    this.#entries.delete(clientId);
  }

  async adopt(/** @type {(entry: Entry) => boolean} */ from, /** @type {string} */ owner) {
    const taken = [...this.#entries.values()].filter(from);
    for (const entry of taken) entry.owner = owner;
    return taken.map((entry) => ({ ...entry }));
  }
}

/** @implements {OutboxStorage} */
class DatabaseStorage {
  lasts = true;
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
  }

  async put(/** @type {Entry} */ entry) {
    const { store, done } = this.#begin();
    store.put(entry);
    await done;
  }

  async remove(/** @type {string} */ clientId) {
    const { store, done } = this.#begin();
    store.delete(clientId);
    await done;
  }

  /** In one transaction, so that of two tabs only one becomes the owner. */
  async adopt(/** @type {(entry: Entry) => boolean} */ from, /** @type {string} */ owner) {
    const { store, done } = this.#begin();
    /** @type {Entry[]} */
    const entries = await answer(store.getAll());
    const taken = entries.filter(from).map((entry) => ({ ...entry, owner }));
    for (const entry of taken) store.put(entry);
    await done;
    return taken;
  }

  #begin() {
    const options = { durability: /** @type {const} */ ("strict") };
    const transaction = this.#database.transaction(STORE, "readwrite", options);
    /** @type {Promise<void>} */
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    return { store: transaction.objectStore(STORE), done };
  }
}

/**
 * Writes to `first`; what that refuses goes to `second`.
 * @implements {OutboxStorage}
 */
class WithFallback {
  lasts = true;
  #first;
  #second;

  /**
   * @param {OutboxStorage} first
   * @param {OutboxStorage} second
   */
  constructor(first, second) {
    this.#first = first;
    this.#second = second;
  }

  async put(/** @type {Entry} */ entry) {
    try {
      await this.#first.put(entry);
    } catch {
      this.lasts = false;
      await this.#second.put(entry);
    }
  }

  async remove(/** @type {string} */ clientId) {
    await this.#second.remove(clientId);
    await this.#first.remove(clientId);
  }

  adopt(/** @type {(entry: Entry) => boolean} */ from, /** @type {string} */ owner) {
    return this.#first.adopt(from, owner);
  }
}

/**
 * @param {IDBFactory | undefined} factory
 * @returns {Promise<IDBDatabase>}
 */
function openDatabase(factory) {
  if (!factory) return Promise.reject(new Error("This browser has no IndexedDB."));
  const request = factory.open(DATABASE, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE, { keyPath: "client_id" });
  };
  const tooLate = new Promise((_, reject) => {
    setTimeout(() => reject(new Error("IndexedDB does not answer.")), PATIENCE);
  });
  return Promise.race([answer(request), /** @type {Promise<never>} */ (tooLate)]);
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
