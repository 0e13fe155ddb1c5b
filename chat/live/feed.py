"""One room as a server process carries it: its changes put in order, and who is to hear them.

No I/O: tested without a socket, a database or an event loop.
"""

from typing import TYPE_CHECKING

from chat.broadcast import RoomChanged

if TYPE_CHECKING:
    from chat.live.socket import Socket


class RoomFeed:
    """The live end of a room.

    ``version`` is how far its changes were passed on, None until it was read from the database.
    """

    __slots__ = (
        "_ahead",
        "_ready",
        "focused",
        "members",
        "room",
        "sockets",
        "started_at",
        "typists",
        "version",
    )

    def __init__(self, room: int) -> None:
        self.room = room
        self.version: int | None = None
        # The version after which it began: who was told an older one has missed what is between.
        self.started_at = 0
        self.sockets: set[Socket] = set()
        self.focused: set[Socket] = set()
        # The ids of its members, known once somebody has the room in focus.
        self.members: set[int] | None = None
        # Those who may type, as the database said: until their seat or the room changes.
        self.typists: set[int] = set()
        self._ready: list[RoomChanged] = []
        self._ahead: dict[int, RoomChanged] = {}

    def start(self, version: int) -> None:
        """Begin after ``version``, or go on where it has begun already."""
        if self.version is None:
            self.version = self.started_at = version
            self._catch_up()

    def offer(self, event: RoomChanged) -> None:
        """Take an event, in whatever order and however often it comes."""
        if self.version is None or event.from_ > self.version:
            held = self._ahead.get(event.from_)
            if held is None or held.to < event.to:
                self._ahead[event.from_] = event
        elif event.to > self.version:
            self._pass(event)
            self._catch_up()

    def take(self) -> list[RoomChanged]:
        """Return the events that are in order and were not taken yet."""
        ready, self._ready = self._ready, []
        return ready

    @property
    def has_gap(self) -> bool:
        """Whether there are events for which an earlier one is missing."""
        return bool(self._ahead) and self.version is not None

    def restart(self, version: int) -> None:
        """Go back to ``version``: the database was replaced by an older one."""
        self.version = version
        self.typists.clear()
        self._ahead.clear()

    def _pass(self, event: RoomChanged) -> None:
        self.version = event.to
        if event.info is not None:
            self.typists.clear()
        if event.members:
            self.typists.difference_update([member.id for member in event.members])
        self._ready.append(event)

    def _catch_up(self) -> None:
        """Pass on held events that have become the next, drop those that are behind."""
        assert self.version is not None
        while self._ahead:
            start = min(self._ahead)
            if start > self.version:
                return
            event = self._ahead.pop(start)
            if event.to > self.version:
                self._pass(event)
