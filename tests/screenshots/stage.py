"""What a scene is, and what its members can do before the picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page

from tests.screenshots.house import House

NARROW = 736  # px: the 46rem below which one thing is shown at a time
MENU = "message-menu .menu, message-sheet .menu"
OPEN = "dialog[open], .popup, .side-panel"
LISTED = ".side-panel :is(.listed, .side-panel__note)"


@dataclass(frozen=True)
class Stage:
    """A page on which a scene is played; ``others`` are there as well, in General."""

    page: Page
    house: House
    others: Mapping[str, Page]
    language: str

    def told(self, text: str) -> str:
        """Return a text of the site as it stands on this page."""
        with override(self.language):
            return gettext(text)

    @property
    def is_narrow(self) -> bool:
        """Whether one thing is shown at a time."""
        assert self.page.viewport_size
        return self.page.viewport_size["width"] < NARROW

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.page.locator("message-composer textarea")

    def row(self, text: str) -> Locator:
        """The last message with that text."""
        return self.page.locator(".message", has_text=text).last

    def point_at(self, text: str) -> Locator:
        """Point at a message, so that its tools are shown."""
        row = self.row(text)
        row.scroll_into_view_if_needed()
        row.hover(position={"x": 200, "y": 12})
        row.locator(".message__tools").wait_for()
        return row

    def on_row(self, text: str, key: str) -> None:
        """Press a key while a message has the focus."""
        self.row(text).focus()
        self.page.keyboard.press(key)

    def press(self, label: str) -> None:
        """Press the first button of that name that is seen."""
        found = self.page.get_by_role("button", name=self.told(label))
        found.filter(visible=True).first.click()

    def choose(self, label: str) -> None:
        """Choose from a menu."""
        self.page.get_by_role("menuitem", name=self.told(label)).first.click()

    def opened(self, what: str = OPEN) -> None:
        """Wait for what was asked for."""
        self.page.locator(what).last.wait_for()

    def menu_of(self, text: str, choice: str = "", opens: str = OPEN) -> None:
        """Open what is seldom done with a message, and choose what ``opens`` something."""
        self.on_row(text, "m")
        self.opened(MENU)
        if choice:
            self.choose(choice)
            self.opened(opens)

    def panel(self, name: str) -> None:
        """Open one of the lists of one's own."""
        self.rooms()
        own = self.page.locator(".room-list__own")
        own.get_by_role("button", name=self.told(name)).click()
        self.opened(LISTED)

    def rooms(self) -> None:
        """See the rooms; on a phone they take the place of the conversation."""
        if self.is_narrow:
            self.page.locator(".room-header__back").click()

    def send(self, text: str) -> None:
        """Write and send."""
        self.field.fill(text)
        self.page.locator(".composer__send").click()


@dataclass(frozen=True)
class Scene:
    """One picture at each width in each scheme."""

    name: str
    path: str
    who: str = "ines"
    after: Callable[[Stage], object] | None = None
    before: Callable[[House], object] | None = None
    is_chat: bool = False
    is_tall: bool = True  # all of the page, not only what fits on the screen
    in_workshop: bool = False
    is_early: bool = False  # the scripts have not come yet
    template: str = ""  # drawn here instead of by the site
    context: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"


def page(name: str, path: str, who: str = "ines", **more: Any) -> Scene:
    """A page of the site."""
    return Scene(name, path, who, **more)


def room(name: str, after: Callable[[Stage], object] | None = None, **more: Any) -> Scene:
    """A state of the chat page, in General unless another room is named."""
    path = more.pop("path", "/rooms/{general}/")
    return Scene(name, path, after=after, is_chat=True, is_tall=False, **more)
