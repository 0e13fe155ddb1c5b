"""How smoothly a long room scrolls in Chromium: the frames that came late, and what they did.

A member goes from the newest message of a room to its first with the mouse's wheel, and some way
back. The frames are the browser's own account of its main thread: how long each task took by the
processor's clock, so that other work on the machine does not count.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.parts.chromium import launch_options
from tests.parts.site import Site

MESSAGES = 10_000  # in the room
MEMBERS = 20
LATE = 34.0  # ms; two frames of a usual screen, and what one sees as a halt
WINDOW = {"width": 1280, "height": 800}  # px
TURN = 1200  # px, of one turn of the wheel
PAUSE = 16  # ms between two turns
BACK = 200  # turns from the first message on
LONGEST = 5  # tasks that are told in full
RUN_TASK = "RunTask"
# What a task spends its time with, as the browser names it.
WORK = {
    "FunctionCall": "scripts",
    "FireAnimationFrame": "scripts",
    "RunMicrotasks": "scripts",
    "EventDispatch": "scripts",
    "UpdateLayoutTree": "style",
    "Layout": "layout",
    "PrePaint": "painting",
    "Paint": "painting",
    "Layerize": "painting",
    "Commit": "painting",
    "MinorGC": "garbage",
    "MajorGC": "garbage",
    "ParseHTML": "HTML",
}
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "v8"]


@dataclass
class Scrolling:
    """What was seen: ms of processor time of each task, and of the late ones by what they did."""

    tasks: list[float] = field(default_factory=list)
    late: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    seqs: int = 0

    def table(self) -> str:
        """Return the figures as text."""
        ordered = sorted(self.tasks)
        spent = Counter[str]()
        for _, work in self.late:
            spent.update(work)
        lines = [
            f"{self.seqs:,} messages passed, {len(ordered):,} tasks on the main thread",
            f"p50 {at(ordered, 0.5):.1f} ms, p99 {at(ordered, 0.99):.1f} ms, "
            f"longest {ordered[-1]:.1f} ms",
            f"late (over {LATE:.0f} ms): {len(self.late)}",
        ]
        if spent:
            lines.append(
                "of those: " + ", ".join(f"{k} {v:.0f} ms" for k, v in spent.most_common())
            )
        for took, work in sorted(self.late, key=lambda each: -each[0])[:LONGEST]:
            lines.append(f"  {took:.0f} ms: " + ", ".join(f"{k} {v:.0f}" for k, v in work.items()))
        return "\n".join(lines)


def measure(messages: int = MESSAGES) -> Scrolling:
    """Scroll through a room of so many messages, on a site of its own; return what was seen."""
    with tempfile.TemporaryDirectory("-scroll") as directory:
        database = f"sqlite:///{directory}/site.sqlite3"
        site = Site(DATABASE_URL=database, RATE_LIMITS="off")
        site.manage("migrate", "--verbosity", "0")
        sessions = Path(directory) / "sessions"
        site.manage(
            "seed", "--members", str(MEMBERS), "--rooms", "1", "--rooms-per-member", "1",
            "--messages", str(messages), "--sessions", str(sessions), "--yes",
        )  # fmt: skip
        seeded = json.loads(sessions.read_text())
        with site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options())
            context = browser.new_context(viewport=WINDOW)
            cookie = {"name": seeded["cookie_name"], "value": seeded["members"][0]["cookie"]}
            context.add_cookies([{**cookie, "url": site.url}])
            page = context.new_page()
            page.goto(f"{site.url}/rooms/{seeded['rooms'][0]['slug']}/")
            page.locator(f".message[data-seq='{messages}']").wait_for()
            browser.start_tracing(page=page, categories=CATEGORIES)
            newest = scroll(page)
            trace = json.loads(browser.stop_tracing())
            browser.close()
    seen = judged(trace["traceEvents"])
    seen.seqs = newest
    return seen


def scroll(page: Page) -> int:
    """Go to the first message of the open room and some way back; return where it began."""
    page.mouse.move(WINDOW["width"] / 2, WINDOW["height"] / 2)
    newest = first_shown(page)
    reached = newest
    while reached > 1:
        for _ in range(10):
            page.mouse.wheel(0, -TURN)
            page.wait_for_timeout(PAUSE)
        reached = first_shown(page)
    for _ in range(BACK):
        page.mouse.wheel(0, TURN)
        page.wait_for_timeout(PAUSE)
    return newest


def first_shown(page: Page) -> int:
    """Return the seq of the first message that is drawn."""
    return int(page.locator(".message[data-seq]").first.get_attribute("data-seq") or 0)


def judged(events: list[dict[str, Any]]) -> Scrolling:
    """Return the tasks of the page's main thread in a trace."""
    seen = Scrolling()
    main = main_thread(events)
    spans = sorted(
        (each for each in events if thread_of(each) == main and each.get("ph") == "X"),
        key=lambda each: each["ts"],
    )
    tasks = [each for each in spans if each["name"] == RUN_TASK]
    works = [each for each in spans if each["name"] in WORK]
    for task in tasks:
        took = task.get("tdur", 0) / 1000
        seen.tasks.append(took)
        if took > LATE:
            seen.late.append((took, dict(spent_within(task, works))))
    return seen


def main_thread(events: list[dict[str, Any]]) -> tuple[int, int]:
    """Return the process and thread that drew most: the page's, not that of a page in waiting."""
    drawn = Counter(thread_of(each) for each in events if each["name"] == "UpdateLayoutTree")
    return drawn.most_common(1)[0][0]


def thread_of(event: dict[str, Any]) -> tuple[int, int]:
    """Return the process and thread of an event."""
    return event["pid"], event["tid"]


def spent_within(task: dict[str, Any], works: list[dict[str, Any]]) -> Counter[str]:
    """Return the ms that a task spent by what it did; what is within other work is its own."""
    within = [each for each in works if each["ts"] >= task["ts"] and end(each) <= end(task)]
    spent = Counter[str]()
    for kind, took in own_times(within):
        spent[kind] += took
    return spent


def own_times(works: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Yield what each of nested spans took by itself, ms; they are in the order of their begin."""
    for index, each in enumerate(works):
        own = each.get("tdur", 0)
        inner_end = 0
        for inner in works[index + 1 :]:
            if inner["ts"] >= end(each):
                break
            if inner["ts"] >= inner_end:  # not within one that was taken off already
                own -= inner.get("tdur", 0)
                inner_end = end(inner)
        yield WORK[each["name"]], max(0, own) / 1000


def end(event: dict[str, Any]) -> float:
    """Return when a span ended, µs."""
    return event["ts"] + event.get("dur", 0)


def at(ordered: list[float], share: float) -> float:
    """Return the value below which that share of ``ordered`` lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
