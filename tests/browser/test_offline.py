"""The site without a network: it opens, shows what was read, and keeps what is written.

Each window here is an app: its browser has service workers, which all other tests do without.
"""

import json

from playwright.sync_api import expect

from chat.models import Room
from chat.services import members as memberships
from chat.services import messages
from tests.browser.conftest import Opening
from tests.browser.test_delivery import RECONNECT, stored_bodies
from tests.browser.window import Window
from tests.factories import PASSWORD, Member, make_message, make_room
from tests.parts.part import wait_until
from tests.parts.site import Site

# What the browser keeps of rooms, as text; empty where it keeps nothing.
KEPT = """async () => {
  // To open one that is not there yet would make it, and it would stay empty.
  if (!(await indexedDB.databases()).some(({ name }) => name === "chat-kept")) return "";
  return new Promise((resolve) => {
    indexedDB.open("chat-kept").onsuccess = ({ target }) => {
      const database = target.result;
      const asked = database.transaction("kept").objectStore("kept").getAll();
      asked.onsuccess = () => {
        database.close();
        resolve(asked.result.length > 0 ? JSON.stringify(asked.result) : "");
      };
    };
  });
}"""
CACHED = """async () => {
  const caches = [];
  for (const name of await self.caches.keys()) caches.push(await self.caches.open(name));
  const requests = (await Promise.all(caches.map((cache) => cache.keys()))).flat();
  return requests.map(({ url }) => new URL(url).pathname);
}"""


def wait_for_app(in_window: Window) -> None:
    """Wait until a worker answers for this page."""
    in_window.page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    in_window.page.wait_for_function("navigator.serviceWorker.controller !== null")


def keeps(in_window: Window, *texts: str, without: tuple[str, ...] = ()) -> None:
    """Wait until the browser keeps all of ``texts`` and none of ``without``."""

    def is_so() -> bool:
        kept = in_window.page.evaluate(KEPT)
        return all(text in kept for text in texts) and not any(text in kept for text in without)

    wait_until(is_so, 15, "what is kept")


def last_open(in_window: Window) -> int:
    """Return the room that was open last, as the browser keeps it."""
    rooms = [each for each in json.loads(in_window.page.evaluate(KEPT)) if "row" in each]
    return int(max(rooms, key=lambda each: each["at"])["row"]["id"])


def test_the_site_opens_offline_and_what_is_written_there_goes_out_when_the_network_is_back(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    secret = make_room("private", [ada], owner=bob, name="Secret plans")
    for body in ("read before", "said too much"):
        make_message(room, bob, body)
    make_message(secret, bob, "for a few only")
    in_ada = window(ada, room, outage=True, app=True)
    page, heading = in_ada.page, in_ada.page.get_by_role("heading", level=1)
    in_ada.switch_to(secret)
    in_ada.sees("for a few only")
    in_ada.switch_to(room)
    wait_for_app(in_ada)
    keeps(in_ada, "read before", "said too much", "for a few only")

    in_ada.context.set_offline(True)
    page.reload()
    expect(heading).to_have_text(room.name)
    in_ada.sees("read before", "said too much")
    expect(in_ada.row("read before").locator(".message__author")).to_have_text("Bob Moog")
    expect(page.locator("connection-note")).to_contain_text("offline")
    in_ada.say("written without a network")
    expect(in_ada.row("written without")).to_have_attribute("data-state", "pending")
    in_ada.switch_to(secret)
    in_ada.sees("for a few only")
    wait_until(lambda: last_open(in_ada) == secret.pk, 15, "where one was last")
    page.goto(f"{in_ada.site.url}/accounts/profile/")  # no room: there are only words for it
    expect(heading).to_have_text("You are offline")
    page.get_by_role("link", name="Your rooms").click()
    expect(heading).to_have_text("Secret plans")  # where one was last
    page.goto(f"{in_ada.site.url}/rooms/{room.slug}/")
    expect(in_ada.row("written without")).to_have_attribute("data-state", "pending")
    in_ada.field.press_sequentially("half a sent")

    memberships.remove(bob.user, secret.pk, ada.id)
    messages.remove(bob.user, room.messages.get(seq=2).pk)
    make_message(room, bob, "meanwhile")
    in_ada.context.set_offline(False)
    in_ada.connected()
    expect(in_ada.row("written without")).to_have_attribute("data-seq", "4", timeout=RECONNECT)
    in_ada.sees("read before", "meanwhile", "written without a network")
    expect(in_ada.in_list(secret)).to_have_count(0)
    expect(in_ada.field).to_have_value("half a sent")
    assert stored_bodies(room)[2:] == ["meanwhile", "written without a network"]
    # What she may no longer see is kept no longer.
    keeps(in_ada, "meanwhile", without=("for a few only", "Secret plans", "said too much"))


def test_what_is_kept_is_one_members_and_goes_when_they_sign_out(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    own = make_room("private", owner=ada, name="A diary")
    make_message(own, ada, "nobody reads this")
    in_ada = window(ada, own, outage=True, app=True)
    page, heading = in_ada.page, in_ada.page.get_by_role("heading", level=1)
    wait_for_app(in_ada)
    keeps(in_ada, "nobody reads this")
    answer = page.goto(f"{in_ada.site.url}/rooms/no-such-room/")  # words of the server pass
    assert answer is not None
    assert answer.status == 404
    assert {path.split("/")[1] for path in page.evaluate(CACHED)} == {"static", "offline"}

    page.goto(f"{in_ada.site.url}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Handle or email")).to_be_visible()
    wait_until(lambda: page.evaluate(KEPT) == "", 15, "nothing is kept")
    in_ada.context.set_offline(True)
    page.goto(f"{in_ada.site.url}/rooms/{own.slug}/")
    expect(heading).to_have_text("You are offline")
    expect(page.locator("body")).not_to_contain_text("diary")
    in_ada.context.set_offline(False)

    page.goto(f"{in_ada.site.url}/accounts/login/")
    page.get_by_label("Handle or email").fill(bob.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(heading).to_have_text(room.name)
    in_ada.say("hello from bob")
    keeps(in_ada, "hello from bob", without=("diary", ada.username))
    in_ada.context.set_offline(True)
    page.reload()
    in_ada.sees("hello from bob")


def test_a_new_version_comes_with_the_next_room_and_loses_nothing_that_is_typed(
    own_window: Opening, own_site: Site, ada: Member, bob: Member, room: Room
) -> None:
    other = make_room("public", [bob], owner=ada)
    in_ada = own_window(ada, room, outage=True, app=True)
    page = in_ada.page
    wait_for_app(in_ada)
    in_ada.field.press_sequentially("half a sentence")
    page.evaluate("window.isOld = true")
    own_site.settings["SITE_NAME"] = "Salon"
    own_site.restart()
    expect(page.locator("connection-note")).to_have_text("", timeout=RECONNECT)
    in_ada.connected()
    page.evaluate("navigator.serviceWorker.ready.then((registration) => registration.update())")
    expect(page.locator(".chat-app__notice")).to_contain_text("new version")
    expect(in_ada.field).to_have_value("half a sentence")
    assert page.evaluate("window.isOld") is True
    in_ada.in_list(other).click()
    page.wait_for_function("window.isOld === undefined")
    expect(page.get_by_role("heading", level=1)).to_have_text(other.name)
    expect(page.locator(".room-list__site")).to_have_text("Salon")
    in_ada.connected().switch_to(room)
    expect(in_ada.field).to_have_value("half a sentence")
    assert page.evaluate("caches.keys().then((names) => names.length)") == 2


def test_what_another_app_shares_is_put_where_one_writes(
    window: Opening, ada: Member, bob: Member, room: Room
) -> None:
    make_room("public", owner=ada)
    in_ada, in_bob = window(ada), window(bob, room)
    page = in_ada.page
    page.goto(f"{in_ada.site.url}/share/?title=A+page&url=https%3A%2F%2Fexample.org%2F")
    page.get_by_label("Room").select_option(label=room.name)
    page.get_by_role("button", name="Go on in the room").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(room.name)
    expect(in_ada.field).to_have_value("A page\nhttps://example.org/")
    expect(in_bob.messages).to_have_count(0)
    in_ada.field.press("Enter")
    expect(in_bob.row("A page")).to_have_count(1)
