"""A Chromium for the run, a place to load single modules, and members with a window each."""

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from chat.models import Room
from tests.browser.window import Window
from tests.factories import Member, make_member, make_room
from tests.parts import backing
from tests.parts.chromium import launch_options
from tests.parts.site import Site

# Playwright's sync API runs an event loop in this thread; Django would refuse to query beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = Path(__file__).parent / "modules"


class ModuleServer(SimpleHTTPRequestHandler):
    """Serves /static/ as it lies in the repository, and /modules/ with the tests of modules."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}

    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>modules</title>")

    def translate_path(self, path: str) -> str:
        if path.startswith("/modules/"):
            return str(MODULES / Path(path).name)
        return super().translate_path(path)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: a failure shows in the test."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(**launch_options())
        yield running
        running.close()


@pytest.fixture(scope="session")
def module_address() -> Iterator[str]:
    """Where single modules can be loaded without the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(ModuleServer, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def _module_window(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def module_page(_module_window: Page, module_address: str) -> Page:
    """An empty page with nothing stored, that can import modules."""
    page = _module_window
    page.goto(module_address)
    page.evaluate(
        """() => {
          sessionStorage.clear();
          localStorage.clear();
          const request = indexedDB.deleteDatabase("chat");
          return new Promise((resolve, reject) => {
            request.onsuccess = resolve;
            request.onerror = request.onblocked = reject;
          });
        }"""
    )
    return page


class Opening(Protocol):
    """Opens a window of a member; ``outage`` where the server goes away in the test."""

    def __call__(
        self, member: Member, room: Room | None = None, *, outage: bool = False, **options: Any
    ) -> Window: ...


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[Opening]:
    """Open windows: ``window(ada, room)``. Nothing may be complained of in any of them."""
    yield from open_windows(browser, site)


def open_windows(browser: Browser, site: Site) -> Iterator[Opening]:
    """Give out windows on ``site``, look at what they complained of, and close them."""
    opened: list[tuple[Window, bool]] = []

    def open_one(
        member: Member, room: Room | None = None, *, outage: bool = False, **options: Any
    ) -> Window:
        made = Window.open(browser, site, member, **options)
        opened.append((made, outage))
        return made.enter(room) if room else made

    yield open_one
    for made, outage in opened:
        made.finds_nothing_wrong(after_outage=outage)
        made.context.close()


@pytest.fixture
def own_site(database: str) -> Iterator[Site]:
    """A site that the test may kill and start again."""
    with Site(processes=backing.PROCESSES, **backing.site_settings(database)) as running:
        yield running


@pytest.fixture
def own_window(browser: Browser, own_site: Site) -> Iterator[Opening]:
    """Open windows on the site that may be killed."""
    yield from open_windows(browser, own_site)


@pytest.fixture
def ada(database: str) -> Member:
    """A member of `room`, its owner."""
    return make_member(display_name="Ada Lovelace")


@pytest.fixture
def bob(database: str) -> Member:
    """A plain member of `room`."""
    return make_member(display_name="Bob Moog")


@pytest.fixture
def room(ada: Member, bob: Member) -> Room:
    """A public room of ada, who owns it, and bob."""
    return make_room("public", [bob], owner=ada)
