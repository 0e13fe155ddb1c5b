"""One member's socket, as the hub sees it."""

import asyncio
import time
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

    ``slow`` are all the sockets of the hub that are behind; it enters itself there.
    ``held`` keeps frames of rooms whose version the client was not told yet: they follow it.
    """

    __slots__ = (
        "_early",
        "_running",
        "_slow",
        "address",
        "closed",
        "credentials",
        "focus",
        "held",
        "id",
        "is_guest",
        "lagged",
        "ready",
        "rooms",
        "seats_to_look_at",
        "session",
        "slow_since",
        "stamp",
        "syncing",
        "typing",
        "user",
        "visible",
        "wire",
    )

    def __init__(
        self,
        wire: Wire,
        credentials: Credentials,
        user: int,
        allowance: Allowance,
        now: float,
        slow: "set[Socket]",
    ) -> None:
        self.id = uuid.uuid4().hex
        self.wire = wire
        self.credentials = credentials
        self.stamp = ""  # of the session it came with
        self.address = ""  # with whose sockets it is counted, if with any
        self.user = user
        self.is_guest = False
        self.session = Session(allowance, now)
        self.rooms: set[int] = set()
        self.held: dict[int, list[tuple[int, bytes]]] = {}
        self.ready: list[bytes] = []  # frames that leave with the next flush of the hub
        # Rooms in which the member's seat changed before the socket was greeted.
        self.seats_to_look_at: set[int] = set()
        self.focus: int | None = None
        self.typing: int | None = None
        self.visible = True
        self.lagged: set[int] = set()
        self.slow_since: float | None = None
        self.syncing: asyncio.Lock | None = None
        self.closed = False
        self._early: list[bytes] | None = []
        self._running = 0
        self._slow = slow

    @property
    def is_greeted(self) -> bool:
        """Whether hello was sent, which is the first frame on every socket."""
        return self._early is None

    def greet(self, *greeting: bytes) -> None:
        """Send hello and what belongs to it, then what came up for this socket before."""
        early, self._early = self._early or [], None
        for text in (*greeting, *early):
            self.send(text)

    def send(self, text: bytes) -> None:
        """Send one frame that belongs to no room, or answers this socket."""
        if self._early is not None:
            self._early.append(text)
        elif not self.closed:
            self.wire.send(websocket_frame(text))
            if self.wire.unsent > UNSENT_MAX:
                self._be_slow()

    def write_ready(self) -> None:
        """Send what is ready, in one write."""
        framed = b"".join(self.ready)
        self.ready.clear()
        if not self.closed:
            self.wire.send(framed)
            if self.wire.is_behind and self.wire.unsent > UNSENT_MAX:
                self._be_slow()

    def hold(self, room: int) -> None:
        """Keep back what comes for ``room`` until ``release``."""
        self.held.setdefault(room, [])

    def release(self, room: int, version: int) -> None:
        """Send what was kept back for ``room`` and is newer than ``version``."""
        for to, framed in self.held.pop(room, ()):
            if to > version:
                self.wire.send(framed)

    def is_full(self) -> bool:
        """Tell whether the peer has left so much unread that frames must be dropped."""
        return self.slow_since is not None or self.wire.unsent > UNSENT_MAX

    def lag(self, room: int) -> None:
        """Drop a frame of ``room``; the client is told once it has read the rest."""
        self.lagged.add(room)
        self._be_slow()

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
        if self._running == COMMANDS_MAX - 1 and self.slow_since is None:
            self.wire.resume()

    @property
    def is_busy(self) -> bool:
        """Whether commands are being carried out."""
        return self._running > 0

    def _be_slow(self) -> None:
        if self.slow_since is None:
            self.slow_since = time.monotonic()
            self._slow.add(self)
            self.wire.pause()
            self.wire.when_drained(self._catch_up)

    def _catch_up(self) -> None:
        rooms = sorted(self.lagged & self.rooms)
        self.lagged.clear()
        self.slow_since = None
        self._slow.discard(self)
        if rooms:
            self.send(encode(Lagged(rooms)))
        if self._running < COMMANDS_MAX:
            self.wire.resume()
