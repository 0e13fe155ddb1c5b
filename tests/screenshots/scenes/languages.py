"""Scenes again in another language; some of them are from right to left then."""

from collections.abc import Iterable
from dataclasses import replace

from tests.screenshots.stage import Scene

# In which there are most words.
WORDY = (
    "sign-in", "sign-up-wrong", "reset", "banned", "profile", "email", "two-step", "passkeys",
    "sessions", "standing", "directory", "new-room", "join", "room-settings", "people",
    "not-found", "room", "room-list", "room-hard", "room-members", "room-message", "room-muted",
    "room-answer", "room-completions-commands", "room-new-member", "room-offline",
    "room-composer-menu", "room-picker", "room-keys", "room-switcher", "room-menu-of-mine",
    "room-search", "room-search-nothing", "room-search-hints", "search", "search-start",
    "search-wrong",
)  # fmt: skip


def again_in(language: str, scenes: Iterable[Scene]) -> list[Scene]:
    """Return the scenes in another language."""
    return [replace(scene, name=f"{language}-{scene.name}", language=language) for scene in scenes]


def most_words_in(language: str, scenes: Iterable[Scene]) -> list[Scene]:
    """Return those with most words in another language."""
    return again_in(language, (scene for scene in scenes if scene.name in WORDY))
