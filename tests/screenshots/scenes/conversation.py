"""The page of a room: how it stands, what is written in it, what opens over it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.screenshots.house import House
from tests.screenshots.stage import Scene, Stage, page, room

MINE = "I bring matches"
CHANGED = "tap 3"
HARD = "/rooms/{hard}/"


def _unread(house: House) -> None:
    house.unread("general", 6)
    house.unread("seeds", 3)
    house.unread("direct_noor", 1)


def _read(house: House) -> None:
    for name in ("general", "seeds", "direct_noor"):
        house.unread(name, 0)


def _typing(stage: Stage) -> None:
    """Unread, and somebody types: what the picture in the README shows."""
    stage.others["noor"].locator("message-composer textarea").press_sequentially("And I")
    stage.page.locator("typing-line", has_text="Noor").wait_for()


def _offline(stage: Stage) -> None:
    stage.page.context.set_offline(True)
    expect(stage.page.locator(".connection-note__line")).to_be_visible(timeout=20_000)
    for text in ("This waits for a connection.", "And so does this."):
        stage.send(text)


def _refused(text: str) -> Callable[[Stage], None]:
    """Write what a filter does not let through."""

    def act(stage: Stage) -> None:
        stage.send(text)
        stage.opened(".message__refused")

    return act


def _answer(stage: Stage) -> None:
    stage.on_row("jar of pears", "r")
    stage.field.fill("Keep one for me,\nplease.")


def _completions(begun: str) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.field.press_sequentially(begun)
        stage.opened(".completions__option")

    return act


def _picker(stage: Stage) -> None:
    stage.on_row(MINE, "e")
    stage.page.locator(".picker > button").first.wait_for()


def _who_reacted(stage: Stage) -> None:
    """A finger rests on a reaction."""
    chip = stage.row("window sill").locator(".reaction").first
    chip.scroll_into_view_if_needed()
    chip.dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    stage.opened("reaction-list.popup")


def _right_to_left(stage: Stage) -> None:
    stage.page.evaluate("document.documentElement.dir = 'rtl'")


def _keyboard(stage: Stage) -> None:
    """A keyboard on the screen takes more than half of it."""
    size = stage.page.viewport_size
    assert size
    stage.field.focus()
    if stage.is_narrow:
        stage.page.set_viewport_size({"width": size["width"], "height": 380})


def _composer_menu(choice: str = "") -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.page.locator(".composer__more").click()
        stage.opened("composer-menu .menu")
        if choice:
            stage.choose(choice)
            stage.opened()

    return act


def _message_menu(text: str, choice: str = "") -> Callable[[Stage], None]:
    return lambda stage: stage.menu_of(text, choice)


def _room_menu(name: str, choice: str = "") -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.rooms()
        line = stage.page.locator(".room-list__line", has_text=name).first
        line.hover()
        line.locator(".room-list__more").click()
        stage.opened("room-menu .menu")
        if choice:
            stage.choose(choice)
            stage.opened("dialog[open]")

    return act


def _card(stage: Stage) -> None:
    stage.page.locator(".message__author", has_text="Noor").last.click()
    stage.opened("profile-card h2")


def _status(stage: Stage) -> None:
    stage.rooms()
    stage.press("Set a status")
    stage.opened("dialog[open]")


def _switcher(sought: str = "") -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.page.keyboard.press("Control+k")
        stage.opened("room-switcher input")
        stage.page.keyboard.type(sought)
        stage.opened("room-switcher .completions__option")

    return act


def _keys(stage: Stage) -> None:
    stage.page.keyboard.press("Control+/")
    stage.opened("dialog[open]")


def _sought(stage: Stage) -> None:
    stage.rooms()
    stage.page.locator(".room-list__filter input").fill("nothing like it")


STANDING = [
    room("room", before=_read),
    room("room-welcome", _typing, before=_unread),
    page("room-early", "/rooms/{general}/", is_early=True, is_tall=False, before=_read),
    page("room-early-unread", "/rooms/{general}/", is_early=True, is_tall=False, before=_unread),
    room("room-list", Stage.rooms, before=_unread),
    room("room-list-none", _sought),
    room("room-members", lambda stage: stage.page.locator(".room-header__members").click()),
    room("room-message", path="/rooms/{general}/{message}/"),
    room("room-empty", path="/rooms/{empty}/"),
    room("room-direct", path="/rooms/{direct_noor}/"),
    room("room-direct-hard", path="/rooms/{direct_wolfe}/"),
    room("room-group", path="/rooms/{group}/"),
    room("room-new-member", who="new"),
    room("room-locked", path="/rooms/{locked}/"),
    room("room-read-only", path="/rooms/{readonly}/"),
    room("room-archived", path="/rooms/{archived}/"),
    room("room-muted", lambda stage: stage.opened(".composer__closed q"), path="/rooms/{compost}/"),
    room("room-slow", path="/rooms/{market}/"),
]
HARD_ONES = [
    room("room-hard", path=HARD),
    room("room-hard-start", lambda stage: stage.row("A short one").scroll_into_view_if_needed(),
         path="/rooms/{hard}/1/"),
    room("room-hard-table", lambda stage: stage.row("harvest").scroll_into_view_if_needed(),
         path=HARD),
    room("room-hard-list", Stage.rooms, path=HARD),
    room("room-hard-rtl", _right_to_left, path=HARD),
    room("room-rtl", _right_to_left),
    room("room-rtl-list", lambda stage: (_right_to_left(stage), stage.rooms())),
]  # fmt: skip
WRITING = [
    room("room-offline", _offline),
    room("room-refused", _refused("A submarine, hardly used."), path="/rooms/{seeds}/"),
    room("room-held", _refused("A lawn mower against anything."), path="/rooms/{seeds}/"),
    room("room-answer", _answer),
    room("room-edit", lambda stage: stage.menu_of(MINE, "Edit", "message-editor textarea")),
    room("room-keyboard", _keyboard),
    room("room-long-draft",
         lambda stage: stage.field.fill("A line of a draft that goes on.\n" * 14)),
    room("room-completions", _completions("@")),
    room("room-completions-emoji", _completions(":to")),
    room("room-completions-commands", _completions("/")),
    room("room-composer-menu", _composer_menu()),
    room("room-poll-dialog", _composer_menu("Poll")),
    room("room-schedule-dialog", _composer_menu("Send later")),
    room("room-commands", _composer_menu("Commands")),
]  # fmt: skip
OPENED = [
    room("room-tools", lambda stage: stage.point_at("jar of pears")),
    room("room-menu-of-message", _message_menu(CHANGED)),
    room("room-menu-of-mine", _message_menu(MINE)),
    room("room-seen-by", _message_menu(MINE, "Seen by")),
    room("room-edits", _message_menu(CHANGED, "What it said before")),
    room("room-forward", _message_menu(MINE, "Forward…")),
    room("room-report", _message_menu(CHANGED, "Report…")),
    room("room-day", lambda stage: (stage.on_row(MINE, "d"), stage.opened("dialog[open]"))),
    room("room-picker", _picker),
    room("room-who-reacted", _who_reacted),
    room("room-card", _card),
    room("room-menu-of-room", _room_menu("Tool shed")),
    room("room-unread-why", _room_menu("Seeds", "Why is this unread?"), before=_unread),
    room("room-leave", _room_menu("Tool shed", "Leave")),
    room("room-status", _status),
    room("room-switcher", _switcher()),
    room("room-switcher-sought", _switcher("no")),
    room("room-keys", _keys),
]
CONVERSATION: list[Scene] = [*STANDING, *HARD_ONES, *WRITING, *OPENED]
