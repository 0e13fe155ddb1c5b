// @ts-check
/**
 * The service worker: it has the page for when there is no network, and takes newer scripts as soon as
 * there are any. This page goes on with its own until the next room is opened.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 */
import { gettext } from "../all-words.js";

/** ms within which pages look for a newer version after they came back: not all at once */
const SPREAD = 60_000;

/** Registers the worker, where the browser has any. */
export async function install(/** @type {ChatClient} */ client) {
  const workers = navigator.serviceWorker;
  if (!workers) return; // a network without https, or a browser that has none
  const own = /** @type {HTMLElement} */ (document.getElementById("chat")).dataset.version;
  workers.addEventListener("message", ({ data }) => {
    if (data?.version && data.version !== own) outdated(client);
  });
  try {
    const { worker } = client.urls;
    const registration = await workers.register(worker, { updateViaCache: "none" });
    client.session.on("hello", () => {
      const update = () => void registration.update().catch(() => undefined);
      client.clock.after(update, Math.random() * SPREAD);
    });
  } catch {
    // The page works without.
  }
}

function outdated(/** @type {ChatClient} */ client) {
  if (client.isOutdated) return;
  client.isOutdated = true;
  client.tell("notice", gettext("There is a new version. It comes with the next room you open."));
}
