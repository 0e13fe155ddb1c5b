"""A member's window on the chat, as a test plays it: what they do, and what they see."""

from collections.abc import Sequence
from typing import Any, Self

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from chat.models import Room
from tests.factories import Member
from tests.parts.site import Site

TOOLS = ("React", "Reply", "Thread", "More")  # of a message; all else is in its menu
PATIENCE = 15_000  # ms for what must come; the machine may be busy with other tests
RECONNECT = 45_000  # ms until a browser that waited has come back
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
# What the browser itself says of a network that is away, in words that vary.
OUTAGE_WORDS = ("console: ", "Failed to fetch", "NetworkError")
# What fades in has less contrast on its way.
STANDING_STILL = """
Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
  .map(({ finished }) => finished)).then(() => null)
"""
SIZES = """() => [document.documentElement.scrollWidth, innerWidth,
  document.documentElement.scrollHeight, innerHeight]"""
CSP_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


# A browser without service workers: what a page is without the app around it.
NO_APP = "delete Navigator.prototype.serviceWorker;"


class Window:
    """One browser window of one member. Several tabs of it share a storage."""

    def __init__(self, context: BrowserContext, site: Site, member: Member) -> None:
        self.context = context
        self.site = site
        self.who = member
        self.complaints: list[str] = []
        self.page: Page = self._new_page()

    @classmethod
    def open(
        cls, browser: Browser, site: Site, member: Member, *, app: bool = False, **options: Any
    ) -> Self:
        """Open a window in which ``member`` is signed in; as an ``app`` it opens offline too."""
        context = browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(CSP_WATCH)
        if not app:
            context.add_init_script(NO_APP)
        for name, value in member.cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": site.url}])
        return cls(context, site, member)

    def tab(self) -> "Window":
        """Open another tab of the same browser."""
        return Window(self.context, self.site, self.who)

    def _new_page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(f"console: {message.text}")
                if message.type in ("error", "warning")
                else None
            ),
        )
        return page

    # What the member does

    def go(self, path: str) -> Self:
        """Load a page of the site."""
        self.page.goto(f"{self.site.url}{path}")
        return self

    def enter(self, room: Room, seq: int | None = None) -> Self:
        """Go to the address of the room, or of a message; wait until the connection is open."""
        self.go(f"/rooms/{room.slug}/" + (f"{seq}/" if seq else ""))
        return self.connected()

    def reload(self) -> Self:
        """Load the page anew."""
        self.page.reload()
        return self.connected()

    def say(self, *bodies: str) -> Self:
        """Write and send, one message after the other."""
        for body in bodies:
            self.field.fill(body)
            self.field.press("Enter")
        return self

    def act(self, body: str, label: str) -> None:
        """Press a tool of a message, or choose what its menu has."""
        row = self.row(body)
        row.hover()
        tools = row.get_by_role("toolbar")
        if label in TOOLS:
            tools.get_by_role("button", name=label, exact=True).click()
        else:
            tools.get_by_role("button", name="More", exact=True).click()
            self.page.get_by_role("menuitem", name=label, exact=True).click()

    def hold(self, body: str) -> Locator:
        """Rest a finger on a message; return the sheet that comes up."""
        row = self.row(body)
        place = row.bounding_box()
        assert place is not None
        point = {"x": place["x"] + place["width"] * 0.7, "y": place["y"] + place["height"] - 8}
        finger = self.context.new_cdp_session(self.page)
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        sheet = self.page.locator("dialog.sheet")
        sheet.wait_for()
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        return sheet

    def choose_for(self, room: Room, item: str) -> None:
        """Choose something from a room's menu in the list."""
        self.in_list(room).hover()
        self.page.get_by_role("button", name=f"Options for {room.name}").click()
        self.page.get_by_role("menu", name=room.name).get_by_text(item, exact=True).click()

    def switch_to(self, room: Room) -> None:
        """Choose a room in the list."""
        self.in_list(room).click()
        expect(self.heading).to_have_text(room.name)

    def goes_offline(self) -> None:
        """Be without a network, and see that the page has noticed."""
        self.context.set_offline(True)
        expect(self.connection).to_contain_text("offline", timeout=RECONNECT)

    # What the member sees

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.page.locator("message-composer textarea")

    @property
    def heading(self) -> Locator:
        """What the page is about: the room's name."""
        return self.page.get_by_role("heading", level=1)

    @property
    def suggested(self) -> Locator:
        """What is offered to complete what one types."""
        return self.page.get_by_role("listbox").get_by_role("option")

    @property
    def refusal(self) -> Locator:
        """Why what was written did not go out."""
        return self.page.locator(".composer__error")

    @property
    def notice(self) -> Locator:
        """What the page says in passing."""
        return self.page.locator(".chat-app__notice")

    @property
    def connection(self) -> Locator:
        """What the page says of its connection; empty while that is open."""
        return self.page.locator("connection-note")

    @property
    def listed(self) -> Locator:
        """The messages in the panel beside the room."""
        return self.page.locator(".side-panel .listed")

    @property
    def messages(self) -> Locator:
        """Every message in the window over the room."""
        return self.page.locator(".message")

    @property
    def stored(self) -> Locator:
        """The messages that the server has."""
        return self.page.locator(".message[data-seq]")

    def row(self, body: str) -> Locator:
        """The message with this text."""
        text = self.page.locator(".message__body, .message__plain, .editor", has_text=body)
        return self.messages.filter(has=text)

    def in_list(self, room: Room) -> Locator:
        """The room's line in the list."""
        return self.page.locator(f"a[data-room='{room.pk}']")

    def unread(self, room: Room) -> Locator:
        """The number of unread messages on the room's line."""
        return self.in_list(room).locator(".room-list__count")

    def member(self, member: Member) -> Locator:
        """Somebody's line in the list of members."""
        return self.page.locator(f".member-list__member[data-user='{member.id}']")

    def panel(self, name: str) -> Locator:
        """What is open beside the room."""
        return self.page.get_by_role("complementary", name=name)

    def dialog(self, name: str | None = None) -> Locator:
        """The dialog that is open, or the one of this name."""
        return self.page.get_by_role("dialog", name=name)

    def bodies(self) -> list[str]:
        """The texts of the stored messages, from the oldest."""
        return [text.strip() for text in self.stored.locator(".message__body").all_text_contents()]

    def connected(self) -> Self:
        """Wait until the socket has said hello: only then one sees oneself online."""
        expect(self.member(self.who)).to_have_attribute("data-state", "online", timeout=PATIENCE)
        return self

    def sees(self, *bodies: str) -> Self:
        """Expect exactly these stored messages, in this order."""
        expect(self.stored.locator(".message__body")).to_have_text(bodies, timeout=PATIENCE)
        return self

    def finds(self, bodies: Sequence[str]) -> None:
        """Expect each of these stored once, in this order, whatever else there is."""
        for body in bodies:
            expect(self.stored.filter(has_text=body)).to_have_count(1, timeout=PATIENCE)
        seen = [body for body in self.bodies() if body in bodies]
        assert seen == list(bodies)

    def fits(self) -> Self:
        """Expect that nothing is wider than the screen, and nothing scrolls but what should."""
        width, inner_width, height, inner_height = self.page.evaluate(SIZES)
        assert width <= inner_width
        assert height <= inner_height
        return self

    def is_accessible(self) -> None:
        """Expect that it fits and axe finds nothing."""
        self.fits()
        self.page.evaluate(STANDING_STILL)
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()

    def finds_nothing_wrong(self, *, after_outage: bool = False) -> None:
        """Expect that the browser complained of nothing and the content policy was kept."""
        faults = [
            complaint
            for complaint in self.complaints
            if not (after_outage and any(word in complaint for word in OUTAGE_WORDS))
        ]
        assert faults == []
        if not self.page.is_closed():
            assert self.page.evaluate("window.violations") == []
