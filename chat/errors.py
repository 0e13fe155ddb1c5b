"""One family of refusals. Socket and HTTP each translate it in one place."""

import math
from typing import Any


class ChatError(Exception):
    """A request was refused. ``code`` is the wire's word for why; nothing was changed."""

    code = "invalid"
    status = 400
    detail = "That is not valid."

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail or self.detail)
        self.detail = detail or self.detail
        # s, in tenths and rounded up: who waits that long is not refused again.
        self.retry_after = None if retry_after is None else math.ceil(retry_after * 10) / 10

    def as_dict(self) -> dict[str, Any]:
        """Return what the refused one is told."""
        told: dict[str, Any] = {"code": self.code, "detail": self.detail}
        if self.retry_after is not None:
            told["retry_after"] = self.retry_after
        return told


class BadFrame(ChatError):
    """The frame is no JSON object."""

    code = "bad_frame"
    detail = "A frame is one JSON object in a text message."


class Invalid(ChatError):
    """A field is missing or wrong; the detail names it."""


class TooLarge(ChatError):
    """More than a limit allows."""

    code = "too_large"
    status = 413
    detail = "That is too large."


class NotFound(ChatError):
    """It does not exist, or not for this member: the answer is the same."""

    code = "not_found"
    status = 404
    detail = "There is no such thing."


class Forbidden(ChatError):
    """The member knows of it, but may not do this."""

    code = "forbidden"
    status = 403
    detail = "You may not do that."


class NotInRoom(Forbidden):
    """Of a public room. A guest, for whom there is no such room, is told what is ``missing``."""

    def __init__(self, missing: str) -> None:
        super().__init__("You are not a member of this room.")
        self.missing = missing

    def for_guest(self) -> NotFound:
        """Return what a guest is told."""
        return NotFound(self.missing)


class Held(Forbidden):
    """It was kept for a moderator, who may post it yet: nothing is to be sent again."""

    detail = "A moderator looks at your message before it is posted."

    def as_dict(self) -> dict[str, Any]:
        """Return what the refused one is told."""
        return super().as_dict() | {"held": True}


class RateLimited(ChatError):
    """Too often."""

    code = "rate_limited"
    status = 429
    detail = "Too fast. Please wait a moment."


class SlowMode(ChatError):
    """The room asks for a pause between two messages of one member."""

    code = "slow_mode"
    status = 429
    detail = "This room is in slow mode."


class Unavailable(ChatError):
    """The database did not answer. Safe to try again with the same client_id."""

    code = "unavailable"
    status = 503
    detail = "The site cannot store anything right now. Please try again."
