"""The pages with most words in them again, in German and from right to left in Arabic."""

from dataclasses import replace

from tests.screenshots.scenes.conversation import CONVERSATION
from tests.screenshots.scenes.pages import PAGES
from tests.screenshots.stage import Scene

AGAIN = (
    "sign-in", "sign-up-wrong", "reset", "banned", "profile", "email", "two-step", "passkeys",
    "sessions", "standing", "directory", "new-room", "join", "room-settings", "people",
    "not-found", "room", "room-list", "room-hard", "room-members", "room-message", "room-muted",
    "room-answer", "room-completions-commands", "room-new-member", "room-offline",
    "room-composer-menu", "room-picker", "room-keys", "room-switcher", "room-menu-of-mine",
)  # fmt: skip


def _in(language: str) -> list[Scene]:
    return [
        replace(scene, name=f"{language}-{scene.name}", language=language)
        for scene in (*PAGES, *CONVERSATION)
        if scene.name in AGAIN
    ]


LANGUAGES = [*_in("de"), *_in("ar")]
