// @ts-check
/** Starts the chat page: takes what the server put into it, and puts the parts together. */
import { ChatClient } from "./client.js";
import { browserClock } from "./clock.js";
import { Screen } from "./screen.js";
import { Api } from "./session/api.js";
import { Session } from "./session/session.js";
import { openOutboxStorage } from "./state/outbox-storage.js";
import { Tabs } from "./state/tabs.js";
import { nameMissingEmoji, useEmoji } from "./view/emoji.js";
import { useSprite } from "./view/pieces.js";
import { ChatApp } from "./elements/chat-app.js";

const data = document.getElementById("page");
const place = /** @type {HTMLElement} */ (document.getElementById("chat"));
/** @type {import("./client.js").Page | null} null without a network, where nothing is kept */
const page = data
  ? JSON.parse(data.textContent ?? "")
  : await import("./client/offline-page.js").then((offline) => offline.offlinePage(location.pathname));
if (page) await open(page);

async function open(/** @type {import("./client.js").Page} */ page) {
  const socketUrl = new URL(page.urls.socket, location.href);
  socketUrl.protocol = socketUrl.protocol.replace("http", "ws");
  /** @type {Tabs} */
  const tabs = new Tabs((tab) => void client.outbox.adopt((owner) => owner === tab));
  /** @type {ChatClient} */
  const client = new ChatClient({
    page,
    clock: browserClock,
    session: new Session({ url: socketUrl.href, clock: browserClock }),
    api: new Api(page.urls.api),
    screen: new Screen(),
    tabs,
    storage: await openOutboxStorage(),
  });

  useSprite(place.dataset.icons ?? "");
  useEmoji(page.urls.emoji);
  document.addEventListener("error", nameMissingEmoji, { capture: true }); // it does not bubble
  document.documentElement.dataset.site = place.dataset.site;
  client.on("stranger", () => location.reload());
  addEventListener("beforeunload", (event) => {
    if (client.outbox.atRisk) event.preventDefault();
  });

  const app = new ChatApp();
  app.client = client;
  place.replaceChildren(app);
  for (const told of document.querySelectorAll("#told li")) client.tell("notice", told.textContent);
  await client.start();
  (await import("./later.js")).begin(client);
}
