// @ts-check
/**
 * `#slug` in a message: a link where the reader may know of that room, and else what was written.
 * The server sends it for any word; whether there is such a room is asked here, for this reader.
 */
import { html, render } from "../../vendor/lit-html-3.3.3/lit-html.js";

/** ms in which several are asked about at once */
const GATHER = 50;
/** as the server has it */
const AT_ONCE = 50;

/** @type {Map<string, Promise<string | null>>} the names of rooms by slug; null where there is none */
const known = new Map();
/** @type {Map<string, (name: string | null) => void>} */
let waiting = new Map();

class RoomLink extends HTMLElement {
  async connectedCallback() {
    const slug = this.getAttribute("slug") ?? "";
    const app = /** @type {any} */ (document.querySelector("chat-app"));
    if (!slug || !app || this.closest("a") || this.dataset.room !== undefined) return;
    this.dataset.room = slug;
    const name = await nameOf(slug, app.client);
    if (name === null || !this.isConnected) return;
    const address = `${app.client.urls.rooms}${slug}/`;
    this.replaceChildren();
    render(html`<a class="room-link" href=${address}>#${name}</a>`, this);
  }
}

/**
 * @param {string} slug
 * @param {import("../client.js").ChatClient} client
 */
function nameOf(slug, client) {
  const own = [...client.store.rooms.values()].find((room) => room.slug === slug);
  if (own) return Promise.resolve(own.name);
  const asked = known.get(slug);
  if (asked) return asked;
  const answer = new Promise((/** @type {(name: string | null) => void} */ resolve) => {
    waiting.set(slug, resolve);
    if (waiting.size === 1) setTimeout(() => void ask(client), GATHER);
  });
  known.set(slug, answer);
  return answer;
}

async function ask(/** @type {import("../client.js").ChatClient} */ client) {
  const asked = [...waiting];
  waiting = new Map();
  for (let start = 0; start < asked.length; start += AT_ONCE) {
    const some = asked.slice(start, start + AT_ONCE);
    const query = some.map(([slug]) => `slug=${encodeURIComponent(slug)}`).join("&");
    /** @type {Map<string, string>} */
    let names = new Map();
    try {
      const { rooms } = await client.api.read(`rooms/named?${query}`);
      names = new Map(rooms.map((/** @type {{slug: string, name: string}} */ room) => [room.slug, room.name]));
    } catch {
      for (const [slug] of some) known.delete(slug); // asked again when it is drawn again
    }
    for (const [slug, tell] of some) tell(names.get(slug) ?? null);
  }
}

customElements.define("room-link", RoomLink);
