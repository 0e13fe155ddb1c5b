"""Chromium goes from scene to scene, and measures what it sees."""

from collections.abc import Sequence
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.translation import override
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from playwright.sync_api import Error as PageError

from tests.parts.chromium import launch_options
from tests.parts.site import Site
from tests.screenshots.house import House
from tests.screenshots.scenes import Scene, Stage

MEASURE = (Path(__file__).parent / "overflow.js").read_text()
HEIGHTS = {360: 740, 768: 1024, 1280: 800, 1920: 1080}  # px of a screen, by its width
TOUCHES_UP_TO = 768  # px: those are held in a hand
PATIENCE = 20_000  # ms
LOCALES = {"en": "en-GB"}  # that a browser asks for
KEPT = "indexeddb,local_storage,session_storage"


def photograph(
    house: House,
    site: Site,
    workshop: Site,
    scenes: Sequence[Scene],
    widths: Sequence[int],
    schemes: Sequence[str],
    folder: Path,
    *,
    language: str,
) -> list[str]:
    """Take each of ``scenes`` at each width in each scheme; return what does not fit, in words.

    ``workshop`` is the same site with DEBUG on, for what is shown to developers alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for width in widths:
            for scheme in schemes:
                visitors = Visitors(browser, house, width, scheme, language)
                for scene in scenes:
                    name = f"{scene.name}-{width}-{scheme}"
                    at = workshop if scene.in_workshop else site
                    faults += [
                        f"{name}: {fault}"
                        for fault in _take(visitors, house, at, scene, folder / f"{name}.png")
                    ]
                visitors.leave()
        browser.close()
    return faults


class Visitors:
    """One browser for each member, all on the same kind of screen."""

    def __init__(
        self, browser: Browser, house: House, width: int, scheme: str, language: str
    ) -> None:
        self.browser = browser
        self.house = house
        self.language = language
        self.options = {
            "viewport": {"width": width, "height": HEIGHTS[width]},
            "color_scheme": scheme,
            "has_touch": width <= TOUCHES_UP_TO,
            "is_mobile": width <= TOUCHES_UP_TO,
            "reduced_motion": "reduce",
            "locale": LOCALES.get(language, language),
            "timezone_id": "UTC",
        }
        self.contexts: dict[tuple[str, str], BrowserContext] = {}

    def page(self, who: str, site: Site) -> Page:
        """Open a page of ``who``, whose browser remembers nothing but who they are."""
        if (who, site.url) not in self.contexts:
            context = self.browser.new_context(**self.options)
            context.set_default_timeout(PATIENCE)
            cookies = self.house.cookies_of(who)
            context.add_cookies(
                [{"name": key, "value": value, "url": site.url} for key, value in cookies.items()]
            )
            self.contexts[who, site.url] = context
        context = self.contexts[who, site.url]
        context.set_offline(False)
        page = context.new_page()
        forget = {"origin": site.url, "storageTypes": KEPT}
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)
        return page

    def leave(self) -> None:
        """Close all browsers."""
        for context in self.contexts.values():
            context.close()


def _take(visitors: Visitors, house: House, site: Site, scene: Scene, picture: Path) -> list[str]:
    page = visitors.page(scene.who, site)
    try:
        house.tidy()
        if scene.before:
            scene.before(house)
        if scene.template:
            _serve_template(page, scene, visitors.language)
        if scene.is_early:
            page.route("**/*.js", lambda route: route.abort())
        page.goto(site.url + scene.path.format(**house.places))
        if scene.is_chat:
            page.locator("#chat chat-app").wait_for()
            page.locator("[data-state=online]").first.wait_for(state="attached")
        if scene.after:
            scene.after(Stage(page, house, visitors.language))
        page.wait_for_timeout(150)  # what is faded in is there
        page.screenshot(path=picture, full_page=not (scene.is_chat or scene.is_early))
        return [f"{over}" for over in page.evaluate(MEASURE)]
    except (PageError, AssertionError) as error:
        page.screenshot(path=picture)
        return [f"NOT SEEN: {str(error).splitlines()[0]}"]
    finally:
        page.close()


def _serve_template(page: Page, scene: Scene, language: str) -> None:
    """Answer the scene's address with its template: of a page that nobody can ask for."""
    assert scene.template
    with override(language):
        body = render_to_string(scene.template, dict(scene.context))

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route(f"**{scene.path}", answer)
