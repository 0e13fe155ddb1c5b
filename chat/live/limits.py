"""How often one member may ask for what, counted in each server process."""

from asyncio import Semaphore
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import NamedTuple

from django.conf import settings

from chat.errors import RateLimited
from chat.live.frames import Delete, Edit, Focus, Ping, React, Read, Send, Sync, Typing

SOCKETS_MAX = 30  # open at once, of one member in one process
# How many one address may have is the setting SOCKETS_PER_ADDRESS.
REFUSALS_MAX = 20  # of one kind within REFUSALS_WINDOW, then the socket is closed
REFUSALS_WINDOW = 10  # s
TOLD_APART_MIN = 1000  # of whom a pace knows, before it forgets who need not wait


class Rate(NamedTuple):
    """So many at once, and so many a second after that."""

    burst: float
    per_second: float

    def times(self, number: int) -> "Rate":
        """Return the rate of ``number`` together."""
        return Rate(self.burst * number, self.per_second * number)


RATES: dict[type, Rate] = {
    bytes: Rate(200, 50),  # frames of any kind, counted before they are read
    Send: Rate(20, 2),
    Edit: Rate(20, 2),
    Delete: Rate(20, 2),
    React: Rate(30, 4),
    Read: Rate(60, 10),
    Sync: Rate(30, 2),
    Typing: Rate(20, 3),
    Focus: Rate(30, 5),
    Ping: Rate(30, 2),
}
OPENINGS = Rate(2 * SOCKETS_MAX, 1)  # handshakes of one session or token
OPENINGS_EACH = Rate(1, 0.05)  # from one address, for each of the sockets that it may have


class Pace:
    """Lets each of those who are told apart do something at ``rate``."""

    __slots__ = ("_free_at", "_slack", "_step", "_tidy_at")

    def __init__(self, rate: Rate) -> None:
        self._step = 1 / rate.per_second
        self._slack = rate.burst / rate.per_second
        self._free_at: dict[str, float] = {}  # when the whole burst will be theirs again
        self._tidy_at = TOLD_APART_MIN

    def wait(self, who: str, now: float) -> float:
        """Count one time; return 0, or after how many seconds it would not be too often.

        ``now`` in seconds. Nobody in particular, the empty string, never waits.
        """
        if not who:
            return 0
        free_at = max(self._free_at.get(who, now), now) + self._step
        if (wait := free_at - now - self._slack) > 0:
            return wait
        self._free_at[who] = free_at
        if len(self._free_at) > self._tidy_at:
            self._free_at = {who: at for who, at in self._free_at.items() if at > now}
            self._tidy_at = max(TOLD_APART_MIN, 2 * len(self._free_at))
        return 0


class Turns:
    """Lets so many do something at once, and those who are told apart half of them each.

    The others wait, in the order in which they came.
    """

    def __init__(self, most: int) -> None:
        self._all = Semaphore(most)
        self._each = max(1, most // 2)
        self._own: dict[Hashable, Semaphore] = {}
        self._here: Counter[Hashable] = Counter()  # who waits, or does it

    @asynccontextmanager
    async def turn(self, who: Hashable) -> AsyncIterator[None]:
        """Wait for one's turn, which the block is."""
        self._here[who] += 1
        own = self._own.setdefault(who, Semaphore(self._each))
        try:
            async with own, self._all:
                yield
        finally:
            self._here[who] -= 1
            if not self._here[who]:
                del self._here[who], self._own[who]


class Allowance:
    """What a member has left, shared by all their sockets of this process (token buckets)."""

    __slots__ = ("_is_limited", "_left", "_seen")

    def __init__(self) -> None:
        self._is_limited = settings.RATE_LIMITS  # which to look up twice a frame takes 1.5 µs
        self._left: dict[type, float] = {}
        self._seen: dict[type, float] = {}

    def take(self, kind: type, now: float) -> None:
        """Count one command of ``kind``; ``now`` in seconds. Raises RateLimited."""
        if not self._is_limited:
            return
        rate = RATES[kind]
        passed = now - self._seen.get(kind, now)
        left = min(rate.burst, self._left.get(kind, rate.burst) + passed * rate.per_second)
        self._seen[kind] = now
        if left < 1:
            self._left[kind] = left
            raise RateLimited(retry_after=max(0.1, (1 - left) / rate.per_second))
        self._left[kind] = left - 1


class Refusals:
    """Counts refusals of one kind on a socket, to tell when it is abuse."""

    __slots__ = ("_moments",)

    def __init__(self) -> None:
        self._moments: deque[float] = deque(maxlen=REFUSALS_MAX)

    def add(self, now: float) -> bool:
        """Count one at ``now`` (s); return whether there were too many within the window."""
        self._moments.append(now)
        return len(self._moments) == REFUSALS_MAX and now - self._moments[0] <= REFUSALS_WINDOW
