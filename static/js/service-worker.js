// @ts-check
/**
 * Opens the site without a network. It holds the scripts, styles and icons of one version and one page
 * that says nothing of anybody: who is there and what they read is in a database of the browser
 * (state/kept-storage.js). No answer that the server gave to a member is ever stored here.
 *
 * `SITE` comes before this, from the server.
 *
 * @typedef {{version: string, language: string, isFixed: boolean, assets: string[], static: string,
 *   offline: string, signIn: string, signOut: string, passed: string[]}} Site
 */
(() => {
  const worker = /** @type {any} */ (self);
  const site = /** @type {Site} */ (/** @type {any} */ (self).SITE);
  const CACHE = `site-${site.version}-${site.language}`;
  const KEPT = "chat-kept";
  /** versions whose files are held: pages of the one before may still be open */
  const VERSIONS = 2;
  /** what a proxy says where no site is behind it */
  const NOBODY = new Set([502, 504]);

  worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== worker.location.origin) return;
    if (request.mode === "navigate") navigated(event, request, url);
    else if (request.method === "GET" && url.pathname.startsWith(site.static)) {
      event.respondWith(asset(request));
    }
  });

  async function install() {
    const cache = await caches.open(CACHE);
    await Promise.all(site.assets.map((address) => take(cache, address)));
    await cache.add(new Request(site.offline, { cache: "reload", credentials: "omit" }));
    await worker.skipWaiting();
  }

  /**
   * A file whose name tells its content needs not be fetched twice.
   * @param {Cache} cache
   * @param {string} address
   */
  async function take(cache, address) {
    const held = site.isFixed ? await caches.match(address) : undefined;
    if (held) await cache.put(address, held);
    else await cache.add(new Request(address, { credentials: "omit" }));
  }

  async function activate() {
    const names = (await caches.keys()).filter((name) => name.startsWith("site-"));
    for (const name of names.slice(0, -VERSIONS)) await caches.delete(name);
    await worker.registration.navigationPreload?.enable();
    await worker.clients.claim();
    for (const client of await worker.clients.matchAll()) client.postMessage({ version: site.version });
  }

  /**
   * @param {any} event
   * @param {Request} request
   * @param {URL} url
   */
  function navigated(event, request, { pathname }) {
    if (pathname === site.signOut && request.method === "POST") event.waitUntil(forget());
    const isPassed = site.passed.some((path) => pathname.startsWith(path));
    if (request.method === "GET" && !isPassed) event.respondWith(page(event, request, pathname));
  }

  /**
   * A page, from the server as long as it can be asked.
   * @param {any} event
   * @param {Request} request
   * @param {string} path
   */
  async function page(event, request, path) {
    try {
      const response = (await event.preloadResponse) ?? (await fetch(request));
      // Nobody who is signed in is shown that page: whoever was, no longer is.
      if (path === site.signIn && response.ok) await forget();
      return NOBODY.has(response.status) ? ((await offline()) ?? response) : response;
    } catch (error) {
      const kept = await offline();
      if (kept) return kept;
      throw error;
    }
  }

  function offline() {
    return caches.match(site.offline, { ignoreVary: true });
  }

  /** While a site is worked on, its files change under the same names. */
  async function asset(/** @type {Request} */ request) {
    if (!site.isFixed) return fetch(request).catch(async (error) => (await held(request)) ?? Promise.reject(error));
    return (await held(request)) ?? fetch(request);
  }

  function held(/** @type {Request} */ request) {
    return caches.match(request, { ignoreVary: true });
  }

  /** What was kept of a member's rooms. */
  function forget() {
    return new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(KEPT);
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
  }
})();
