"""What stands beside the conversation, and on a phone in its place."""

from collections.abc import Callable

from tests.screenshots.stage import LISTED, Scene, Stage, room


def _thread(stage: Stage) -> None:
    stage.row("long ladder? The gutter").locator(".message__thread").click()
    stage.page.locator("thread-panel .message").nth(2).wait_for()


def _scheduled(stage: Stage) -> None:
    stage.page.locator(".composer__more").click()
    stage.choose("Scheduled messages")
    stage.opened("scheduled-panel li")


def _pins(stage: Stage) -> None:
    stage.press("Pinned messages")
    stage.opened(LISTED)


def _search(text: str) -> Callable[[Stage], None]:
    """Search for ``text`` in all rooms."""

    def act(stage: Stage) -> None:
        stage.press("Search messages")
        stage.page.locator(".search-panel__where input").last.check()
        stage.page.locator(".search-panel__field").fill(text)
        stage.page.keyboard.press("Enter")
        stage.opened(".found__message, .search-panel__nothing" if text else ".search-panel__hints")

    return act


PANELS: list[Scene] = [
    room("room-thread", _thread),
    room("room-threads", lambda stage: stage.panel("Threads")),
    room("room-mentions", lambda stage: stage.panel("Mentions")),
    room("room-saved", lambda stage: stage.panel("Saved")),
    room("room-scheduled", _scheduled),
    room("room-pins", _pins),
    room("room-info", lambda stage: stage.press("About this room")),
    room("room-hard-info", lambda stage: stage.press("About this room"), path="/rooms/{hard}/"),
    room("room-search", _search("the wat")),
    room("room-search-nothing", _search("submarines")),
    room("room-search-hints", _search("")),
    room("room-threads-none", lambda stage: stage.panel("Threads"), who="secured"),
    room("room-mentions-none", lambda stage: stage.panel("Mentions"), who="secured"),
    room("room-saved-none", lambda stage: stage.panel("Saved"), who="secured"),
    room("room-pins-none", _pins, path="/rooms/{seeds}/"),
]
