"""What a page of another origin can do with a member's cookies, in a real browser: nothing.

It is served from another port of the site's own host, which browsers count as the same site: the
cookies do go along, so that it is not SameSite alone that keeps it out.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from chat.models import Membership, Message, Room
from tests.browser.window import Window
from tests.factories import Member
from tests.parts.site import Site

# Each attempt tells what came of it; `site` is where the member is signed in.
ATTEMPTS = """
async ({ site, room, slug }) => {
  const told = {};
  told.socket = await new Promise((resolve) => {
    const socket = new WebSocket(site.replace("http", "ws") + "/ws/chat/", ["chat.v1"]);
    socket.onclose = (event) => resolve(`closed ${event.code}`);
    socket.onmessage = () => resolve("heard");
    socket.onerror = () => resolve("refused");
  });
  const read = (path, how) => fetch(site + path, { credentials: "include", ...how })
    .then(async (answer) => answer.type + " " + (await answer.text()).length)
    .catch(() => "refused");
  told.read = await read("/api/v1/me");
  told.page = await read(`/rooms/${slug}/`);
  told.blind = await read("/api/v1/me", { mode: "no-cors" });
  const said = JSON.stringify({ client_id: crypto.randomUUID(), body: "from elsewhere" });
  told.posted = await read(`/api/v1/rooms/${room}/messages`,
    { method: "POST", body: said, mode: "no-cors" });
  told.preflighted = await read(`/api/v1/rooms/${room}/messages`,
    { method: "POST", body: said, headers: { "Content-Type": "application/json" } });
  told.deleted = await read(`/api/v1/rooms/${room}/membership`, { method: "DELETE" });
  told.script = await new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = site + "/api/v1/me";
    script.onload = () => resolve("ran");
    script.onerror = () => resolve("refused");
    document.head.append(script);
  });
  told.frame = await new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.src = site + `/rooms/${slug}/`;
    frame.onload = () => {
      try { resolve(frame.contentDocument === null ? "sealed" : frame.contentDocument.title); }
      catch { resolve("sealed"); }
    };
    document.body.append(frame);
  });
  return told;
}
"""
FORM = """
({ site, path }) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = site + path;
  document.body.append(form);
  form.submit();
}
"""


class Elsewhere(BaseHTTPRequestHandler):
    """An empty page without any policy."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """The port of another site on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_page_of_another_origin_can_do_nothing_as_the_member(
    browser: Browser, site: Site, elsewhere: int, ada: Member, bob: Member, room: Room, host: str
) -> None:
    window = Window.open(browser, site, bob)
    page: Page = window.page
    there = f"http://{host}:{elsewhere}/"
    page.goto(there)
    told = page.evaluate(ATTEMPTS, {"site": site.url, "room": room.pk, "slug": room.slug})
    # From another site no cookie comes along: whoever that is, is told to sign in.
    socket = "refused" if host == "127.0.0.1" else "closed 4401"
    assert told == {
        "socket": socket, "read": "refused", "page": "refused", "blind": "opaque 0",
        "posted": "opaque 0", "preflighted": "refused", "deleted": "refused",
        "script": "refused", "frame": "sealed",
    }, json.dumps(told)  # fmt: skip
    assert not any(frame.url.startswith(site.url) for frame in page.frames)
    for path in (f"/rooms/{room.slug}/leave/", "/accounts/logout/", "/accounts/profile/"):
        page.goto(there)
        with page.expect_navigation() as navigation:
            page.evaluate(FORM, {"site": site.url, "path": path})
        assert navigation.value.status in (403, 302), path
        if navigation.value.status == 302:  # without the cookie nobody is signed in
            assert "/accounts/login/" in navigation.value.headers["location"]
    assert not Message.objects.filter(room=room).exists()
    assert Membership.objects.active().filter(room=room, user=bob.user).exists()
    page.goto(f"{site.url}/rooms/{room.slug}/")
    window.connected()
    window.context.close()
