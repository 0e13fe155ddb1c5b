"""A Chromium for the run, a place to load single modules, and members with a window each."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.parts.chromium import launch_options

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
