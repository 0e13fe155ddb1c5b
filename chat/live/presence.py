"""Who is online, as one server process knows it: its own sockets, and what the others wrote.

No I/O here but through the functions handed in; the rules are tested without a database.
"""

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple
from uuid import UUID

OFFLINE_AFTER = 5  # s without any socket: a page that is loaded anew does not flicker

State = Literal["online", "away"]


class Difference(NamedTuple):
    """Whose presence changed."""

    online: set[int]
    away: set[int]
    offline: set[int]

    def among(self, users: Collection[int]) -> tuple[list[int], list[int], list[int]]:
        """Return the differences that concern ``users``."""
        online, away, offline = (sorted(kind & set(users)) for kind in self)
        return online, away, offline


class Roster:
    """Knows who is online or away, and what of that was told already."""

    def __init__(self) -> None:
        self._local: dict[int, dict[UUID, bool]] = {}
        self._elsewhere: dict[int, bool] = {}
        self._told: dict[int, State] = {}
        self._doubtful: dict[int, float] = {}
        # Whom somebody was shown before the others were told.
        self._shown: set[int] = set()
        # To be written: sockets that opened or turned, and those that closed, with their member.
        self.opened: dict[UUID, tuple[int, bool]] = {}
        self.closed: dict[UUID, int] = {}

    def seen(self, user: int, socket: UUID, visible: bool, now: float) -> None:
        """Note that a socket of ``user`` opened here, or turned visible or hidden."""
        sockets = self._local.setdefault(user, {})
        if sockets.get(socket) is not visible:
            sockets[socket] = visible
            self.opened[socket] = (user, visible)
            self._doubtful[user] = now

    def gone(self, user: int, socket: UUID, now: float) -> None:
        """Note that a socket of ``user`` closed here."""
        sockets = self._local.get(user, {})
        if sockets.pop(socket, None) is not None:
            self.opened.pop(socket, None)
            self.closed[socket] = user
            self._doubtful[user] = now
        if not sockets:
            self._local.pop(user, None)

    def heard(self, elsewhere: dict[int, bool], users: Iterable[int] | None, now: float) -> None:
        """Take what the database says of other processes: of ``users`` alone, or of everybody."""
        asked = set(users) if users is not None else set(self._elsewhere) | set(elsewhere)
        for user in asked:
            if self._elsewhere.get(user) != elsewhere.get(user):
                self._doubtful.setdefault(user, now)
            if user in elsewhere:
                self._elsewhere[user] = elsewhere[user]
            else:
                self._elsewhere.pop(user, None)

    def state(self, user: int) -> State | None:
        """Return how ``user`` is present now, None for not at all."""
        local = self._local.get(user)
        if (local and any(local.values())) or self._elsewhere.get(user):
            return "online"
        return "away" if local or user in self._elsewhere else None

    def differences(self, now: float) -> Difference:
        """Return what differs from what was told before, and count it as told."""
        difference = Difference(set(), set(), set())
        for user, since in list(self._doubtful.items()):
            state = self.state(user)
            if state is None and user in self._told and now - since < OFFLINE_AFTER:
                continue
            del self._doubtful[user]
            if state == self._told.get(user) and user not in self._shown:
                continue
            self._shown.discard(user)
            if state is None:
                self._told.pop(user, None)
                difference.offline.add(user)
            else:
                self._told[user] = state
                (difference.online if state == "online" else difference.away).add(user)
        return difference

    def show(self, users: Collection[int]) -> tuple[list[int], list[int]]:
        """Return who of ``users`` is online and who away, for one who begins to look."""
        self._shown.update(user for user in users if user in self._doubtful)
        states = {user: self.state(user) or self._told.get(user) for user in users}
        online = sorted(user for user, state in states.items() if state == "online")
        away = sorted(user for user, state in states.items() if state == "away")
        return online, away

    def local_sockets(self) -> dict[UUID, tuple[int, bool]]:
        """Return all sockets of this process, to be written once more."""
        return {
            socket: (user, visible)
            for user, sockets in self._local.items()
            for socket, visible in sockets.items()
        }
