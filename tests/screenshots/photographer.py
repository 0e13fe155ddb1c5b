"""Chromium goes from scene to scene, and measures what it sees."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.translation import override
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from playwright.sync_api import Error as PageError

from tests.parts.chromium import launch_options
from tests.parts.site import Site
from tests.screenshots.house import House
from tests.screenshots.stage import Scene, Stage

MEASURE = (Path(__file__).parent / "overflow.js").read_text()
HEIGHTS = {360: 740, 768: 1024, 1280: 800, 1920: 1080}  # px of a screen, by its width
TOUCHES_UP_TO = 768  # px: those are held in a hand
PATIENCE = 20_000  # ms
LOCALES = {"en": "en-GB"}  # that a browser asks for
KEPT = "indexeddb,local_storage,session_storage"
OTHERS = ("noor", "bjorn", "meilin")  # are in General all the time
# Letters and pictures are there, and what was changed is drawn.
DRAWN = """async () => {
  await document.fonts.ready;
  const pictures = [...document.images].filter((image) => image.loading !== "lazy");
  await Promise.allSettled(pictures.map((picture) => picture.decode()));
  await new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)));
  const moving = document.getAnimations().filter(({ effect }) => effect.getTiming().duration < 1);
  await Promise.allSettled(moving.map(({ finished }) => finished));
}"""


def photograph(
    house: House,
    site: Site,
    workshop: Site,
    scenes: Sequence[Scene],
    widths: Sequence[int],
    schemes: Sequence[str],
    folder: Path,
) -> list[str]:
    """Take each of ``scenes`` at each width in each scheme; return what does not fit, in words.

    ``workshop`` is the same site with DEBUG on, for what is shown to developers alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        others = _let_in(browser, house, site)
        for width in widths:
            visitors = Visitors(browser, house, width)
            for scene in scenes:
                at = workshop if scene.in_workshop else site
                stage = Stage(visitors.page(scene, at), house, others, scene.language)
                name = f"{scene.name}-{width}"
                found = _take(
                    stage, scene, at.url, [(s, folder / f"{name}-{s}.png") for s in schemes]
                )
                faults += [f"{name}: {fault}" for fault in found]
                for fault in found:
                    print(f"{name}: {fault}", flush=True)
            visitors.leave()
        browser.close()
    return faults


def _let_in(browser: Browser, house: House, site: Site) -> dict[str, Page]:
    """Open a window for each of OTHERS: who is there shows, and types when a scene wants it."""
    pages = {}
    for who in OTHERS:
        context = browser.new_context()
        context.add_cookies(_cookies(house, who, site))
        pages[who] = context.new_page()
        pages[who].goto(f"{site.url}/rooms/{house.places['general']}/")
    return pages


def _cookies(house: House, who: str, site: Site) -> list[dict[str, str]]:
    return [
        {"name": name, "value": value, "url": site.url}
        for name, value in house.cookies_of(who).items()
    ]


class Visitors:
    """One browser for each member and language, all on the same kind of screen."""

    def __init__(self, browser: Browser, house: House, width: int) -> None:
        self.browser = browser
        self.house = house
        self.options = {
            "viewport": {"width": width, "height": HEIGHTS[width]},
            "has_touch": width <= TOUCHES_UP_TO,
            "is_mobile": width <= TOUCHES_UP_TO,
            "reduced_motion": "reduce",
            "timezone_id": "UTC",
        }
        self.contexts: dict[tuple[str, str, str], BrowserContext] = {}

    def page(self, scene: Scene, site: Site) -> Page:
        """Open a page for a scene, in a browser that remembers nothing but who it belongs to."""
        key = (scene.who, scene.language, site.url)
        locale = LOCALES.get(scene.language, scene.language)
        if key not in self.contexts:
            context = self.browser.new_context(**self.options, locale=locale)
            context.set_default_timeout(PATIENCE)
            self.contexts[key] = context
        context = self.contexts[key]
        context.set_offline(False)
        context.clear_cookies()
        context.add_cookies(_cookies(self.house, scene.who, site))
        page = context.new_page()
        forget = {"origin": site.url, "storageTypes": KEPT}
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)
        return page

    def leave(self) -> None:
        """Close all browsers."""
        for context in self.contexts.values():
            context.close()


def _take(
    stage: Stage, scene: Scene, address: str, pictures: Sequence[tuple[str, Path]]
) -> list[str]:
    """Play a scene and take its pictures, each in its scheme; return what is wrong with it."""
    page = stage.page
    try:
        _play(stage, scene, address)
        page.evaluate(DRAWN)
        over = list(page.evaluate(MEASURE))
        for scheme, picture in pictures:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(DRAWN)
            # What comes in by itself is shown as it is in the end.
            page.screenshot(path=picture, full_page=scene.is_tall, animations="disabled")
        return over
    except (PageError, AssertionError) as error:
        for _, picture in pictures:
            page.screenshot(path=picture)
        return [f"NOT SEEN: {' '.join(_head(str(error)))}"]
    finally:
        page.close()


def _head(text: str) -> Iterator[str]:
    """Yield the lines of an error that say which and where."""
    for line in text.splitlines()[:4]:
        yield line.strip()


def _play(stage: Stage, scene: Scene, address: str) -> None:
    page, house = stage.page, stage.house
    house.tidy()
    if scene.before:
        scene.before(house)
    if scene.template:
        _serve_template(page, scene)
    if scene.is_early:
        page.route("**/*.js", lambda route: route.abort())
    page.goto(address + scene.path.format(**house.places))
    if scene.is_chat:
        page.locator("#chat chat-app").wait_for()
        page.locator(".room-list__me [data-state=online]").wait_for(state="attached")
    if scene.after:
        scene.after(stage)


def _serve_template(page: Page, scene: Scene) -> None:
    """Answer the scene's address with its template: of a page that nobody can ask for."""
    with override(scene.language):
        body = render_to_string(scene.template, dict(scene.context))

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route(f"**{scene.path}", answer)
