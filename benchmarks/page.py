"""bin/bench page: what a member waits for, on a slow processor and a slow network.

A site as it is deployed, behind nginx (TLS, HTTP/2), and a Chromium that its own tools slow down.
The figures are medians of several rounds, each with an empty cache.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

import django
import httpx
from django.core.management import call_command
from playwright.sync_api import Browser, Page, sync_playwright

from tests.parts.chromium import launch_options
from tests.parts.nginx import Nginx
from tests.parts.site import Site, collected, site_environment

# How many messages are unread in each round: more than the page brings; none; from the line on more
# than fits on a screen, and fewer.
ROUNDS = (600, 0, 30, 3, 0)
ROWS_TRIES = 40  # times that one goes up for earlier messages
PATIENCE = 60_000  # ms: everything is slow here on purpose
SETTLED = 500  # ms after which the browser has told what it measured
SLOWER = 4  # times
# What Lighthouse calls slow 4G.
NETWORK = {
    "offline": False,
    "latency": 150,  # ms
    "downloadThroughput": 1_638_400 / 8,  # bytes a second
    "uploadThroughput": 750_000 / 8,
}
ROOMS = 20
MESSAGES = 600
ROWS = 300
KEYS = "a line that somebody types while much is in view"
KEY_EVERY = 120  # ms: a hundred words a minute
TARGETS = {  # ms, or bytes
    "first message readable": 1500,
    "ready to write": None,
    "loaded in all, compressed": 150_000,
    "of it scripts": 60_000,
    "scripts that follow by themselves": None,
    "over the wire, with all headers": None,
    "typing to paint, 300 rows, median": 50,
    "typing to paint, 300 rows, worst of all": None,
    "switching rooms, to paint": None,
}
SIZES = list(TARGETS)[2:6]
# The bytes of what was loaded, as they came, without headers: of the first page, of its scripts,
# and of the scripts that it does not name, which follow by themselves once one can write.
COMPRESSED = """() => {
  const named = new Set([...document.querySelectorAll("link, script")].map((each) =>
    each.href ?? each.src));
  const sizes = { page: 0, scripts: 0, following: 0 };
  for (const { entryType, name, encodedBodySize } of performance.getEntries()) {
    if (!["navigation", "resource"].includes(entryType)) continue;
    const isScript = new URL(name).pathname.endsWith(".js");
    if (isScript && !named.has(name)) sizes.following += encodedBodySize;
    else sizes.page += encodedBodySize;
    if (isScript && named.has(name)) sizes.scripts += encodedBodySize;
  }
  return sizes;
}"""
WATCH = """
window.seen = {};
window.paints = [];
// At the end of the next frame, of which there is none before the styles are here. What the browser
// tells of paints itself is of no use without a screen: it has many shown at once, seconds later.
const painted = (then) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = then;
  port2.postMessage(null);
});
const note = (name) => painted(() => { seen[name] ??= performance.now(); });
new MutationObserver(() => {
  if (!seen.readable && document.querySelector(".message__body")) note("readable");
  if (!seen.writable && document.querySelector("chat-app textarea")) note("writable");
}).observe(document, { childList: true, subtree: true });
for (const kind of ["keydown", "click"]) {
  addEventListener(kind, ({ timeStamp }) => {
    painted(() => paints.push([kind, performance.now() - timeStamp]));
  }, { capture: true });
}
"""


def main() -> int:
    """Measure, print the table; 1 where a target is missed."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        settings = {
            "DATABASE_URL": f"sqlite:///{directory}/chat.sqlite3",
            "TRUSTED_PROXY_COUNT": "1",
            "RATE_LIMITS": "off",
        }
        os.environ |= site_environment(**settings) | {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
        django.setup()
        call_command("migrate", verbosity=0)
        cookies, slugs = furnish()
        site = Site(**settings)
        with Nginx(site.port, Path(collected())) as nginx:
            settings["CSRF_TRUSTED_ORIGINS"] = nginx.url
            site.settings |= settings
            with site:
                figures = measure(nginx.url, cookies, slugs)
    return tell(figures)


def furnish() -> tuple[dict[str, str], list[str]]:
    """Make a member with rooms and a long history; return their cookies and the rooms' slugs."""
    from chat.management.commands.seed import SENTENCES
    from tests.factories import make_history, make_member, make_room

    ada, bob, eve = make_member(), make_member(), make_member()
    rooms = [make_room(owner=ada, members=[bob, eve]) for _ in range(ROOMS)]
    for number in range(MESSAGES // 10):
        make_history(rooms[0], [ada, bob, bob, eve], 10, SENTENCES[number % len(SENTENCES)])
    for room in rooms[1:]:
        make_history(room, [bob, eve], 60, SENTENCES[0])
    return ada.cookies, [room.slug for room in rooms]


def measure(address: str, cookies: dict[str, str], slugs: list[str]) -> dict[str, list[float]]:
    """Return what was measured in each round, by what it is called in TARGETS.

    The site has answered before, as one that is in use has.
    """
    httpx.get(f"{address}/rooms/{slugs[0]}/", cookies=cookies, verify=False, trust_env=False)
    figures: dict[str, list[float]] = {name: [] for name in TARGETS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for unread in ROUNDS:
            leave_unread(slugs[0], unread)
            for name, value in one_round(browser, address, cookies, slugs).items():
                figures[name].append(value)
        browser.close()
    return figures


def leave_unread(slug: str, count: int) -> None:
    """Let so many messages of a room be unread to its members."""
    from chat.models import Membership

    Membership.objects.filter(room__slug=slug).update(read_seq=MESSAGES - count)


def one_round(
    browser: Browser, address: str, cookies: dict[str, str], slugs: list[str]
) -> dict[str, float]:
    """Open the first room with an empty cache, write in it, and go to another."""
    context = browser.new_context(ignore_https_errors=True)
    context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    page = context.new_page()
    loaded = Loaded(page)
    loaded.slow_down()
    page.goto(f"{address}/rooms/{slugs[0]}/")
    page.locator("chat-app textarea").wait_for()
    page.locator("[data-state=online]").first.wait_for(state="attached")
    seen, sizes = page.evaluate("seen"), page.evaluate(COMPRESSED)
    figures = {
        "first message readable": seen["readable"],
        "ready to write": seen["writable"],
        "loaded in all, compressed": sizes["page"],
        "of it scripts": sizes["scripts"],
        "over the wire, with all headers": loaded.bytes,
    }
    loaded.full_speed_network()
    fill_rows(page)
    figures["scripts that follow by themselves"] = page.evaluate(COMPRESSED)["following"]
    typed = paints(page, "keydown", lambda: page.keyboard.type(KEYS, delay=KEY_EVERY))
    figures["typing to paint, 300 rows, median"] = statistics.median(typed)
    figures["typing to paint, 300 rows, worst of all"] = max(typed)
    other = page.locator(f"a[href$='/rooms/{slugs[1]}/']")
    other.click()
    page.locator(f"a[href$='/rooms/{slugs[0]}/']").click()
    page.wait_for_timeout(SETTLED)
    figures["switching rooms, to paint"] = max(paints(page, "click", other.click))
    context.close()
    return figures


class Loaded:
    """What a page loads, in bytes as they come over the wire."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0.0
        self.tools = page.context.new_cdp_session(page)
        self.tools.send("Network.enable")
        self.tools.on("Network.loadingFinished", self._finished)

    def slow_down(self) -> None:
        """Make processor and network slow."""
        self.tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        self.tools.send("Network.emulateNetworkConditions", NETWORK)

    def full_speed_network(self) -> None:
        """Let the network be fast again; the processor stays slow."""
        free = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.tools.send("Network.emulateNetworkConditions", free)

    def _finished(self, event: dict) -> None:
        self.bytes += event["encodedDataLength"]


def fill_rows(page: Page) -> None:
    """Go up until so many rows are there, then to their middle: at an end more would be drawn."""
    scroller = page.locator(".timeline__scroller")
    for _ in range(ROWS_TRIES):
        if page.locator(".message").count() >= ROWS:
            break
        scroller.evaluate("(element) => { element.scrollTop = 0; }")
        page.wait_for_timeout(300)
    scroller.evaluate("(element) => { element.scrollTop = element.scrollHeight / 2; }")
    page.wait_for_timeout(2 * SETTLED)
    print(f"{page.locator('.message').count()} rows", file=sys.stderr)
    page.locator("chat-app textarea").focus()
    page.wait_for_timeout(SETTLED)


def paints(page: Page, kind: str, act) -> list[float]:
    """Return the ms from each event of ``kind`` in ``act`` to the paint that shows it."""
    page.evaluate("paints.length = 0")
    act()
    page.wait_for_timeout(SETTLED)
    return [took for name, took in page.evaluate("paints") if name == kind]


def tell(figures: dict[str, list[float]]) -> int:
    """Print the table; return 1 where a target is missed."""
    missed = 0
    print(f"| | median of {len(ROUNDS)} | least | greatest | target |\n|---|---|---|---|---|")
    for name, target in TARGETS.items():
        median = statistics.median(figures[name])
        least, greatest = min(figures[name]), max(figures[name])
        is_size = name in SIZES
        unit = (lambda value: f"{value / 1000:.1f} kB") if is_size else (lambda v: f"{v:.0f} ms")
        missed += target is not None and median > target
        cells = [name, unit(median), unit(least), unit(greatest), unit(target) if target else ""]
        print(f"| {' | '.join(cells)} |")
    return 1 if missed else 0
