"""What those see who look after a room, and what they are asked."""

from collections.abc import Callable

from tests.screenshots.stage import Scene, Stage, room

HARD = "/rooms/{hard}/"


def _opened(stage: Stage) -> None:
    """Open the panel; on a phone the way leads through what is told of the room."""
    if stage.is_narrow:
        stage.press("About this room")
    stage.press("Moderation")
    stage.opened(".moderation")


def _panel(stage: Stage) -> None:
    _opened(stage)
    stage.opened(".moderation__item")


def _trail(stage: Stage) -> None:
    _panel(stage)
    stage.page.locator(".moderation summary").click()
    last = stage.page.locator(".moderation__trail li").last
    last.wait_for()
    last.scroll_into_view_if_needed()


def _asked(verb: str) -> Callable[[Stage], None]:
    """Press what is in the panel, and be asked about it."""

    def act(stage: Stage) -> None:
        _panel(stage)
        buttons = stage.page.locator(".moderation").get_by_role(
            "button", name=stage.told(verb), exact=True
        )
        buttons.first.click()
        stage.opened("dialog[open]")

    return act


def _card(stage: Stage) -> None:
    stage.page.locator(".message__author", has_text="Sparkle").last.click()
    stage.opened("profile-card .profile-card__moderation")


def _appeal(stage: Stage) -> None:
    stage.page.locator(".composer__closed").get_by_role("button", name=stage.told("Appeal")).click()
    stage.opened("dialog[open]")


MODERATION: list[Scene] = [
    room("moderate", _panel, path=HARD),
    room("moderate-trail", _trail, path=HARD),
    room("moderate-none", _opened, path="/rooms/{committee}/"),
    room("moderate-card", _card, path=HARD),
    room("moderate-menu", lambda stage: stage.menu_of("A heading"), path=HARD),
    room("moderate-delete", lambda stage: stage.menu_of("A heading", "Delete"), path=HARD),
    room("moderate-mute", _asked("Mute"), path=HARD),
    room("moderate-ban", _asked("Ban"), path=HARD),
    room("moderate-resolve", _asked("Resolve"), path=HARD),
    room("moderate-reject", _asked("Reject"), path=HARD),
    room("moderate-turn-down", _asked("Turn down"), path=HARD),
    room("moderate-slow", _asked("Change"), path=HARD),
    room("moderate-lock", _asked("Lock"), path=HARD),
    room("room-appeal", _appeal, path="/rooms/{compost}/"),
]
