"""Frames on their way to large rooms: some of the sockets in each turn of the event loop.

Five hundred writes take five milliseconds and more, which everybody else would wait for. So a large
room is written to in portions, between which the others have their turn. Until a room's frames have
left, what comes for it gathers, and then leaves as one.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from itertools import islice

from chat.live.socket import Socket

WRITES = 100  # in one turn
BYTES = 1024 * 1024  # in one turn, of one frame

# A room, the version that a frame of it reaches, the frame, and the sockets it is for.
Outgoing = tuple[int, int, bytes, Collection[Socket]]


class Departures:
    """``fan_out`` writes a frame to some sockets; ``left`` hears of a room that has no more."""

    def __init__(self, fan_out: Callable[..., None], left: Callable[[int], None]) -> None:
        self._fan_out = fan_out
        self._left = left
        self._under_way: deque[tuple[int, int, bytes, Iterator[Socket]]] = deque()
        self._frames: Counter[int] = Counter()  # under way, by room
        self._loop = asyncio.get_running_loop()

    def __contains__(self, room: int) -> bool:
        """Whether frames of ``room`` are under way."""
        return room in self._frames

    def __bool__(self) -> bool:
        """Whether any frame is under way."""
        return bool(self._under_way)

    def are_due(self, outgoing: Outgoing) -> bool:
        """Tell whether a frame has to leave in portions: for its size, or behind one that does."""
        room, _, framed, sockets = outgoing
        return room in self._frames or len(sockets) > _portion(framed)

    def begin(self, outgoing: Outgoing) -> None:
        """Have a frame written to those who are to get it now, and are still in the room then."""
        room, to, framed, sockets = outgoing
        if not self._under_way:
            self._loop.call_soon(self._go_on)
        self._under_way.append((room, to, framed, iter(list(sockets))))
        self._frames[room] += 1

    def _go_on(self) -> None:
        room, to, framed, waiting = self._under_way[0]
        portion = list(islice(waiting, _portion(framed)))
        if not portion:
            self._under_way.popleft()
            self._end(room)
        if self._under_way:
            self._loop.call_soon(self._go_on)  # before anything that may fail
        self._fan_out(room, to, framed, [one for one in portion if room in one.rooms])

    def _end(self, room: int) -> None:
        self._frames[room] -= 1
        if not self._frames[room]:
            del self._frames[room]
            self._left(room)


def _portion(framed: bytes) -> int:
    """Return how many sockets get ``framed`` in one turn."""
    return min(WRITES, BYTES // len(framed) + 1)
