"""One member's socket, as the hub sees it."""

import asyncio
import uuid

from chat.live.admission import Credentials
from chat.live.frames import Lagged, encode, websocket_frame
from chat.live.limits import Allowance
from chat.live.session import Close, Session
from chat.live.wire import Wire

UNSENT_MAX = 1024 * 1024  # bytes waiting for a slow reader, then frames are dropped
SLOW_MAX = 10  # s a reader may take to catch up before the socket is closed
COMMANDS_MAX = 64  # under way at once for one socket, then it is not read from


class Socket:
    """Rooms, focus and unsent bytes of one connection.

    ``held`` keeps frames of rooms whose version the client was not told yet: they follow it.
    """

    __slots__ = (
        "_running",
        "closed",
        "credentials",
        "focus",
        "held",
        "id",
        "lagged",
        "rooms",
        "session",
        "slow_since",
        "typing",
        "user",
        "visible",
        "wire",
    )

    def __init__(
        self, wire: Wire, credentials: Credentials, user: int, allowance: Allowance, now: float
    ) -> None:
        self.id = uuid.uuid4().hex
        self.wire = wire
        self.credentials = credentials
        self.user = user
        self.session = Session(allowance, now)
        self.rooms: set[int] = set()
        self.held: dict[int, list[tuple[int, bytes, bytes]]] = {}
        self.focus: int | None = None
        self.typing: int | None = None
        self.visible = True
        self.lagged: set[int] = set()
        self.slow_since: float | None = None
        self.closed = False
        self._running = 0

    def send(self, text: bytes) -> None:
        """Send one frame that belongs to no room, or answers this socket."""
        if not self.closed:
            self.wire.send((text,), websocket_frame(text))

    def hold(self, room: int) -> None:
        """Keep back what comes for ``room`` until ``release``."""
        self.held.setdefault(room, [])

    def release(self, room: int, version: int) -> None:
        """Send what was kept back for ``room`` and is newer than ``version``."""
        for to, text, framed in self.held.pop(room, ()):
            if to > version:
                self.wire.send((text,), framed)

    def is_full(self) -> bool:
        """Tell whether the peer has left so much unread that frames must be dropped."""
        return bool(self.lagged) or self.wire.unsent > UNSENT_MAX

    def lag(self, room: int, now: float) -> None:
        """Drop a frame of ``room``; the client is told once it has read the rest."""
        if not self.lagged:
            self.slow_since = now
            self.wire.pause()
            self.wire.when_drained(self._catch_up)
        self.lagged.add(room)

    def is_too_slow(self, now: float) -> bool:
        """Tell whether the peer took too long to catch up."""
        return self.slow_since is not None and now - self.slow_since > SLOW_MAX

    async def drained(self) -> None:
        """Wait until the peer has read what was sent, if that is much; close one too slow."""
        if self.wire.unsent <= UNSENT_MAX // 2:
            return
        read = asyncio.Event()
        self.wire.when_drained(read.set)
        try:
            async with asyncio.timeout(SLOW_MAX):
                await read.wait()
        except TimeoutError:
            self.close(Close.TOO_SLOW)

    def close(self, code: int) -> None:
        """Close the socket; nothing is sent after."""
        if not self.closed:
            self.closed = True
            self.wire.close(code)

    def command_began(self) -> None:
        """Count a command that is being carried out; stop reading when there are too many."""
        self._running += 1
        if self._running == COMMANDS_MAX:
            self.wire.pause()

    def command_ended(self) -> None:
        """Count it off."""
        self._running -= 1
        if self._running == COMMANDS_MAX - 1 and not self.lagged:
            self.wire.resume()

    @property
    def is_busy(self) -> bool:
        """Whether commands are being carried out."""
        return self._running > 0

    def _catch_up(self) -> None:
        rooms = sorted(self.lagged & self.rooms)
        self.lagged.clear()
        self.slow_since = None
        if rooms:
            self.send(encode(Lagged(rooms)))
        if self._running < COMMANDS_MAX:
            self.wire.resume()
