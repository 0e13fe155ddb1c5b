"""What is photographed: an address, who is there, and what they do before the picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from accounts.letters import paragraphs
from tests.screenshots.house import House

NARROW = 736  # px: the 46rem below which one thing is shown at a time


@dataclass(frozen=True)
class Stage:
    """A page on which a scene is played."""

    page: Page
    house: House
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

    def row(self, text: str) -> Locator:
        """The last message with that text."""
        return self.page.locator(".message", has_text=text).last

    def point_at(self, text: str) -> Locator:
        """Point at a message, or touch it, so that its tools are shown."""
        row = self.row(text)
        row.scroll_into_view_if_needed()
        if self.is_narrow:
            row.click(position={"x": 200, "y": 12})
        else:
            row.hover()
        row.locator(".message__tools").wait_for()
        return row

    def press(self, label: str) -> None:
        """Press the first button or menu item of that name that is seen."""
        label = self.told(label)
        found = self.page.get_by_role("button", name=label)
        found = found.or_(self.page.get_by_role("menuitem", name=label))
        found.filter(visible=True).first.click()

    def menu_of(self, text: str) -> None:
        """Open what is seldom done with a message."""
        self.point_at(text).get_by_role("button", name=self.told("More"), exact=True).click()
        self.page.locator("message-menu .menu").wait_for()

    def panel(self, name: str) -> None:
        """Open one of the lists of one's own."""
        self.rooms()
        self.page.locator(".room-list__own").get_by_role("button", name=self.told(name)).click()
        self.page.locator(".side-panel").wait_for()

    def rooms(self) -> None:
        """See the rooms; on a phone they take the place of the conversation."""
        if self.is_narrow:
            self.page.locator(".room-header__back").click()


@dataclass(frozen=True)
class Scene:
    """One picture at each width in each scheme."""

    name: str
    path: str
    who: str = "ines"
    after: Callable[[Stage], object] | None = None
    before: Callable[[House], object] | None = None
    is_chat: bool = False
    in_workshop: bool = False
    is_early: bool = False  # the scripts have not come yet
    template: str = ""  # drawn here instead of by the site
    context: Mapping[str, Any] = field(default_factory=dict)


def page(name: str, path: str, who: str = "ines", **more: Any) -> Scene:
    """A page of the site."""
    return Scene(name, path, who, **more)


def room(name: str, after: Callable[[Stage], object] | None = None, **more: Any) -> Scene:
    """A state of the chat page, in General unless another room is named."""
    return Scene(name, more.pop("path", "/rooms/{general}/"), after=after, is_chat=True, **more)


def _thread(stage: Stage) -> None:
    stage.row("long ladder? The gutter").locator(".message__thread").click()
    stage.page.locator("thread-panel .message").nth(2).wait_for()


def _members(stage: Stage) -> None:
    if stage.page.locator("member-list").is_hidden():
        stage.page.locator(".room-header__members").click()


def _edit(stage: Stage) -> None:
    stage.point_at("I bring matches").get_by_role("button", name=stage.told("Edit")).click()


def _answer(stage: Stage) -> None:
    stage.point_at("jar of pears").get_by_role("button", name=stage.told("Reply")).click()
    stage.page.locator("message-composer textarea").fill("Keep one for me,\nplease.")


def _offline(stage: Stage) -> None:
    field = stage.page.locator("message-composer textarea")
    stage.page.context.set_offline(True)
    expect(stage.page.locator(".connection-note__line")).to_be_visible(timeout=20_000)
    for text in ("This waits for a connection.", "And so does this."):
        field.fill(text)
        stage.page.locator(".composer__send").click()
    stage.page.wait_for_timeout(1500)  # what is on its way for long says so


def _completions(stage: Stage) -> None:
    stage.page.locator("message-composer textarea").press_sequentially("@")
    stage.page.locator(".completions__option").first.wait_for()


def _picker(stage: Stage) -> None:
    stage.point_at("I bring matches").get_by_role(
        "button", name=stage.told("React"), exact=True
    ).click()
    stage.page.locator(".picker > button").first.wait_for()


def _right_to_left(stage: Stage) -> None:
    stage.page.evaluate("document.documentElement.dir = 'rtl'")


def _keyboard(stage: Stage) -> None:
    """A keyboard on the screen takes more than half of it."""
    size = stage.page.viewport_size
    assert size
    stage.page.locator("message-composer textarea").focus()
    if stage.is_narrow:
        stage.page.set_viewport_size({"width": size["width"], "height": 380})


def _composer_menu(choice: str) -> Callable[[Stage], object]:
    def act(stage: Stage) -> None:
        stage.page.locator(".composer__more").click()
        stage.page.locator("composer-menu .menu").wait_for()
        if choice:
            stage.press(choice)
            stage.page.wait_for_timeout(200)

    return act


def _message_menu(choice: str, text: str) -> Callable[[Stage], object]:
    def act(stage: Stage) -> None:
        stage.menu_of(text)
        if choice:
            stage.press(choice)
            stage.page.wait_for_timeout(200)

    return act


def _room_menu(stage: Stage) -> None:
    stage.rooms()
    line = stage.page.locator(".room-list__line", has_text="Tool shed")
    line.hover()
    line.locator(".room-list__more").click()


def _card(stage: Stage) -> None:
    stage.page.locator(".message__author", has_text="Noor").last.click()
    stage.page.locator("profile-card h2").wait_for()


def _delete(stage: Stage) -> None:
    stage.page.context.set_offline(True)  # the next scenes want the message again
    stage.point_at("I bring matches").get_by_role("button", name=stage.told("Delete")).click()


def _status(stage: Stage) -> None:
    stage.rooms()
    stage.press("Set a status")
    stage.page.locator("dialog[open]").wait_for()


def _unread(house: House) -> None:
    house.unread("general", 6)
    house.unread("seeds", 3)
    house.unread("direct-noor", 1)


def _long_draft(stage: Stage) -> None:
    text = "A line of a draft that goes on.\n" * 14
    stage.page.locator("message-composer textarea").fill(text)


def letter(name: str) -> dict[str, Any]:
    """What a mail of that name says to Ines."""
    told = {
        "current_site": {"name": "Parlour"},
        "user": {"username": "ines"},
        "password_reset_url": "https://chat.example.org/accounts/password/reset/key/3-d8f2a1-5b0c1/",
        "timestamp": "22 November 2026, 05:20",
        "ip": "203.0.113.9",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
    }
    subject = render_to_string(f"{name}_subject.txt", told).strip()
    body = render_to_string(f"{name}_message.txt", told)
    return {"subject": subject, "paragraphs": paragraphs(body), "site_name": "Parlour"}


SCENES = [
    page("sign-in", "/accounts/login/", ""),
    page("sign-in-wrong", "/accounts/login/", "", after=lambda stage: (
        stage.page.locator("[name=login]").fill("ines"),
        stage.page.locator("[name=password]").fill("not-it"),
        stage.page.locator("main form button[type=submit]").first.click(),
        stage.page.locator(".notice--error, .field__error").first.wait_for(),
    )),
    page("sign-up", "/accounts/signup/", ""),
    page("sign-up-wrong", "/accounts/signup/", "", after=lambda stage: (
        stage.page.locator("[name=username]").fill("ines"),
        stage.page.locator("[name=email]").fill("somebody@example.org"),
        stage.page.locator("[name=password1]").fill("12345678"),
        stage.page.locator("main form button[type=submit]").first.click(),
        stage.page.locator(".notice--error, .field__error").first.wait_for(),
    )),
    page("reset", "/accounts/password/reset/", ""),
    page("reset-sent", "/accounts/password/reset/done/", ""),
    page("confirm-email", "/accounts/confirm-email/", ""),
    page("profile", "/accounts/profile/"),
    page("email", "/accounts/email/"),
    page("password", "/accounts/password/change/"),
    page("two-step", "/accounts/2fa/"),
    page("sessions", "/accounts/sessions/"),
    page("sign-out", "/accounts/logout/"),
    page("standing", "/standing/"),
    page("directory", "/rooms/"),
    page("directory-none", "/rooms/?q=submarines"),
    page("new-room", "/rooms/new/"),
    page("join", "/rooms/{others}/"),
    page("room-settings", "/rooms/{general}/settings/"),
    page("room-settings-hard", "/rooms/{hard}/settings/"),
    page("people", "/people/"),
    page("people-none", "/people/?q=nobody-at-all"),
    page("not-found", "/rooms/no-such-room/"),
    page("not-found-signed-out", "/no/such/page/", ""),
    page("forbidden", "/forbidden/", template="403.html", context={"site_name": "Parlour"}),
    page("too-many", "/too-many/", template="429.html", context={"site_name": "Parlour"}),
    page("broken", "/broken/", template="500.html"),
    page("form-too-old", "/too-old/", template="403_csrf.html"),
    page("mail-link", "/mail/", template="mail/letter.html",
         context=letter("account/email/password_reset_key")),
    page("mail-notice", "/notice/", template="mail/letter.html",
         context=letter("account/email/password_changed")),
    page("design", "/design/", in_workshop=True),
    page("admin", "/admin/", "root"),
    page("admin-members", "/admin/accounts/user/", "root"),
    page("admin-rooms", "/admin/chat/room/", "root"),
    page("admin-reports", "/admin/chat/report/", "root"),
    room("room"),
    page("room-early", "/rooms/{general}/", is_early=True),
    page("room-early-unread", "/rooms/{general}/", is_early=True, before=_unread),
    room("room-unread", before=_unread),
    room("room-list", Stage.rooms, before=_unread),
    room("room-members", _members),
    room("room-hard", path="/rooms/{hard}/"),
    room("room-hard-start", lambda stage: stage.row("A short one").scroll_into_view_if_needed(),
         path="/rooms/{hard}/1/"),
    room("room-hard-list", Stage.rooms, path="/rooms/{hard}/"),
    room("room-hard-info", lambda stage: stage.press("About this room"), path="/rooms/{hard}/"),
    room("room-hard-rtl", _right_to_left, path="/rooms/{hard}/"),
    room("room-rtl", _right_to_left),
    room("room-rtl-list", lambda stage: (_right_to_left(stage), stage.rooms())),
    room("room-empty", path="/rooms/{empty}/"),
    room("room-locked", path="/rooms/{locked}/"),
    room("room-direct", path="/rooms/{direct_noor}/"),
    room("room-group", path="/rooms/{group}/"),
    room("room-message", path="/rooms/{general}/{message}/"),
    room("room-tools", lambda stage: stage.point_at("jar of pears")),
    room("room-menu-of-message", _message_menu("", "tap 3")),
    room("room-seen-by", _message_menu("Seen by", "I bring matches")),
    room("room-edits", _message_menu("What it said before", "tap 3")),
    room("room-forward", _message_menu("Forward", "I bring matches")),
    room("room-edit", _edit),
    room("room-delete", _delete),
    room("room-answer", _answer),
    room("room-picker", _picker),
    room("room-card", _card),
    room("room-completions", _completions),
    room("room-offline", _offline),
    room("room-keyboard", _keyboard),
    room("room-long-draft", _long_draft),
    room("room-composer-menu", _composer_menu("")),
    room("room-poll-dialog", _composer_menu("Poll")),
    room("room-schedule-dialog", _composer_menu("Send later")),
    room("room-commands", _composer_menu("Commands")),
    room("room-scheduled", _composer_menu("Scheduled messages")),
    room("room-menu-of-room", _room_menu),
    room("room-status", _status),
    room("room-thread", _thread),
    room("room-threads", lambda stage: stage.panel("Threads")),
    room("room-mentions", lambda stage: stage.panel("Mentions")),
    room("room-saved", lambda stage: stage.panel("Saved")),
    room("room-pins", lambda stage: stage.press("Pinned messages")),
    room("room-info", lambda stage: stage.press("About this room")),
    room("room-keys", lambda stage: stage.page.keyboard.press("Control+/")),
    room("room-date", lambda stage: stage.page.locator(".timeline__day button").first.click()),
    room("room-new-member", who="new"),
]  # fmt: skip
