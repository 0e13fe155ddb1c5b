"""One family of refusals. Socket and HTTP each translate it in one place."""

import math
from typing import Any

from django.utils.translation import gettext_lazy as _

from chat.sentences import Sentence, filled


class ChatError(Exception):
    """A request was refused. ``code`` is the wire's word for why; nothing was changed.

    The words may be lazy, and ``values`` go into them when they are told: who raises this need not
    know who will read it.
    """

    code = "invalid"
    status = 400
    text: Sentence = _("That is not valid.")

    def __init__(
        self, text: Sentence = "", *, retry_after: float | None = None, **values: Any
    ) -> None:
        super().__init__(text or self.text)
        self.text = filled(text, **values) if values else text or self.text
        # s, in tenths and rounded up: who waits that long is not refused again.
        self.retry_after = None if retry_after is None else math.ceil(retry_after * 10) / 10

    @property
    def detail(self) -> str:
        """The words, in the language that is active."""
        return str(self.text)

    def __str__(self) -> str:
        return self.detail

    def as_dict(self) -> dict[str, Any]:
        """Return what the refused one is told."""
        told: dict[str, Any] = {"code": self.code, "detail": self.detail}
        if self.retry_after is not None:
            told["retry_after"] = self.retry_after
        return told


class BadFrame(ChatError):
    """The frame is no JSON object."""

    code = "bad_frame"
    text = _("A frame is one JSON object in a text message.")


class Invalid(ChatError):
    """A field is missing or wrong; the detail names it."""


class TooLarge(ChatError):
    """More than a limit allows."""

    code = "too_large"
    status = 413
    text = _("That is too large.")


class NotFound(ChatError):
    """It does not exist, or not for this member: the answer is the same."""

    code = "not_found"
    status = 404
    text = _("There is no such thing.")


class Forbidden(ChatError):
    """The member knows of it, but may not do this."""

    code = "forbidden"
    status = 403
    text = _("You may not do that.")


class NotInRoom(Forbidden):
    """Of a public room. A guest, for whom there is no such room, is told what is ``missing``."""

    def __init__(self, missing: Sentence) -> None:
        super().__init__(_("You are not a member of this room."))
        self.missing = missing

    def for_guest(self) -> NotFound:
        """Return what a guest is told."""
        return NotFound(self.missing)


class Held(Forbidden):
    """It was kept for a moderator, who may post it yet: nothing is to be sent again."""

    text = _("A moderator looks at your message before it is posted.")

    def as_dict(self) -> dict[str, Any]:
        """Return what the refused one is told."""
        return super().as_dict() | {"held": True}


class RateLimited(ChatError):
    """Too often."""

    code = "rate_limited"
    status = 429
    text = _("Too fast. Please wait a moment.")


class SlowMode(ChatError):
    """The room asks for a pause between two messages of one member."""

    code = "slow_mode"
    status = 429
    text = _("This room is in slow mode.")


class Unavailable(ChatError):
    """The database did not answer. Safe to try again with the same client_id."""

    code = "unavailable"
    status = 503
    text = _("The site cannot store anything right now. Please try again.")
