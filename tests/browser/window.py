"""A member's window on the chat, as a test plays it: what they do, and what they see."""

from collections.abc import Sequence
from typing import Any, Self

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from chat.models import Room
from tests.factories import Member
from tests.parts.site import Site

TOOLS = ("React", "Reply", "Thread", "More")  # of a message; all else is in its menu
PATIENCE = 15_000  # ms for what must come; the machine may be busy with other tests
# What a browser says by itself while a server is away; everything else it complains of is a fault.
# What the browser itself says of a network that is away, in words that vary.
OUTAGE_WORDS = ("console: ", "Failed to fetch", "NetworkError")
CSP_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Window:
    """One browser window of one member. Several tabs of it share a storage."""

    def __init__(self, context: BrowserContext, site: Site, member: Member) -> None:
        self.context = context
        self.site = site
        self.member = member
        self.complaints: list[str] = []
        self.page: Page = self._new_page()

    @classmethod
    def open(cls, browser: Browser, site: Site, member: Member, **options: Any) -> Self:
        """Open a window in which ``member`` is signed in."""
        context = browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(CSP_WATCH)
        for name, value in member.cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": site.url}])
        return cls(context, site, member)

    def tab(self) -> "Window":
        """Open another tab of the same browser."""
        return Window(self.context, self.site, self.member)

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

    def enter(self, room: Room) -> Self:
        """Go to the room's address and wait until the connection is open."""
        self.page.goto(f"{self.site.url}/rooms/{room.slug}/")
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

    def switch_to(self, room: Room) -> None:
        """Choose a room in the list."""
        self.in_list(room).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(room.name)

    # What the member sees

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.page.locator("message-composer textarea")

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

    def bodies(self) -> list[str]:
        """The texts of the stored messages, from the oldest."""
        return [text.strip() for text in self.stored.locator(".message__body").all_text_contents()]

    def connected(self) -> Self:
        """Wait until the socket has said hello: only then one sees oneself online."""
        me = self.page.locator(f".member-list__member[data-user='{self.member.id}']")
        expect(me).to_have_attribute("data-state", "online", timeout=PATIENCE)
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
