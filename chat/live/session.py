"""One socket's side of the protocol, without I/O.

Takes what the client sent, answers with a command to carry out or a refusal to send, and knows when
the socket is to be closed. Tested without a socket, a database or an event loop.
"""

from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from chat.errors import BadFrame, ChatError, RateLimited, TooLarge
from chat.live import frames
from chat.live.frames import FRAME_MAX, Command, Ref
from chat.live.limits import Allowance, Refusals

T = TypeVar("T")

HEARTBEAT = 25  # s of silence after which a client pings
SILENCE_MAX = 2 * HEARTBEAT  # s after which its socket is closed


class Close:
    """The codes with which the server closes a socket."""

    ABUSE = 4400
    SIGN_IN = 4401
    BANNED = 4403
    SILENT = 4408
    TOO_SLOW = 4410
    RESTARTING = 4412
    TOO_LARGE = 4413
    TOO_MANY = 4429


@dataclass(slots=True)
class Refusal:
    """What to send instead of carrying out a command, and the code to close with, if any."""

    text: bytes
    close: int | None = None


class Session:
    """Reads a client's frames in order, keeping count of what is too much."""

    __slots__ = ("_allowance", "_bad", "_limited", "heard_at", "language")

    def __init__(self, allowance: Allowance, now: float) -> None:
        self._allowance = allowance
        self._bad = Refusals()
        self._limited = Refusals()
        self.heard_at = now
        self.language = settings.LANGUAGE_CODE  # in which the member is told things

    def receive(self, payload: bytes, now: float) -> Command | Refusal:
        """Return the command in a text frame, or how it is refused; ``now`` in seconds."""
        self.heard_at = now
        try:
            self._allowance.take(bytes, now)
        except RateLimited as refusal:
            return self.refuse(refusal, frames.ref_in(payload), now)
        if len(payload) > FRAME_MAX:
            size = TooLarge(_("A frame has at most %(most)s bytes."), most=FRAME_MAX)
            return self.refuse(size, frames.ref_in(payload), now)
        try:
            command = frames.parse(payload)
        except frames.Refused as refused:
            return self.refuse(refused.error, refused.ref, now)
        try:
            self._allowance.take(type(command), now)
        except RateLimited as refusal:
            return self.refuse(refusal, command.ref, now)
        return command

    def receive_binary(self, now: float) -> Refusal:
        """Refuse a binary frame."""
        self.heard_at = now
        return self.refuse(BadFrame(), None, now)

    def refuse(self, error: ChatError, ref: Ref | None, now: float) -> Refusal:
        """Return how ``error`` is told, and whether this was once too often."""
        close = None
        if isinstance(error, BadFrame) and self._bad.add(now):
            close = Close.ABUSE
        elif isinstance(error, RateLimited) and self._limited.add(now):
            close = Close.TOO_MANY
        return Refusal(self.told(error, ref), close)

    def told(self, error: ChatError, ref: Ref | None, room: int | None = None) -> bytes:
        """Return the frame that tells of ``error``, in the member's language."""
        with override(self.language):
            return frames.error(error, ref, room)

    def spoken(self, texts: dict[str, T]) -> T:
        """Return what the member understands of something said in all languages."""
        return texts.get(self.language) or texts[settings.LANGUAGE_CODE]

    def is_silent(self, now: float) -> bool:
        """Tell whether the client has been silent for too long."""
        return now - self.heard_at > SILENCE_MAX
