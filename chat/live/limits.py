"""How often one member may ask for what, counted in each server process."""

from asyncio import Semaphore
from collections import Counter, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from time import monotonic
from typing import NamedTuple

from django.conf import settings

from chat.errors import RateLimited
from chat.live.frames import Delete, Edit, Focus, Ping, React, Read, Send, Sync, Typing

SOCKETS_MAX = 30  # open at once, of one member in one process
# How many one address may have is the setting SOCKETS_PER_ADDRESS.
REFUSALS_MAX = 20  # of one kind within REFUSALS_WINDOW, then the socket is closed
REFUSALS_WINDOW = 10  # s
ROUNDING = 1e-6  # s, by which sums of steps are out; or it would cost the last of a burst
TOLD_APART_MIN = 1000  # of whom a pace knows, before it forgets who need not wait


class Rate(NamedTuple):
    """So many at once, and so many a second after that.

    What somebody has left is one moment: when the whole burst will be theirs again. Each time puts
    it off, and it may not be further off than the burst takes to come back (the generic cell rate
    algorithm, ITU-T I.371).
    """

    burst: float
    per_second: float

    def times(self, number: int) -> "Rate":
        """Return the rate of ``number`` together."""
        return Rate(self.burst * number, self.per_second * number)

    def put_off(self, whole_at: float, now: float) -> float:
        """Return when the burst is whole after one more time; moments in seconds."""
        return max(whole_at, now) + 1 / self.per_second

    def wait(self, whole_at: float, now: float) -> float:
        """Return after how many seconds a time that puts it off so far would not be too often."""
        return max(0, whole_at - now - self.burst / self.per_second - ROUNDING)


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

    __slots__ = ("_rate", "_tidy_at", "_whole_at")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._whole_at: dict[str, float] = {}  # see Rate
        self._tidy_at = TOLD_APART_MIN

    def wait(self, who: str, now: float) -> float:
        """Count one time; return 0, or after how many seconds it would not be too often.

        ``now`` in seconds. Nobody in particular, the empty string, never waits.
        """
        if not who:
            return 0
        whole_at = self._rate.put_off(self._whole_at.get(who, now), now)
        if wait := self._rate.wait(whole_at, now):
            return wait
        self._whole_at[who] = whole_at
        if len(self._whole_at) > self._tidy_at:
            self._whole_at = {who: at for who, at in self._whole_at.items() if at > now}
            self._tidy_at = max(TOLD_APART_MIN, 2 * len(self._whole_at))
        return 0


class Arrivals:
    """How often somebody may come: by what they show, and by the address they come from.

    ``each`` is for each of the sockets that an address may have.
    """

    def __init__(self, shown: Rate, each: Rate) -> None:
        self._shown = Pace(shown)
        self._from = Pace(each.times(settings.SOCKETS_PER_ADDRESS))

    def wait(self, shown: str, address: str) -> float:
        """Count one; return 0, or after how many seconds it would not be too often."""
        now = monotonic()
        return self._shown.wait(shown, now) or self._from.wait(address, now)


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
    """What a member has left of each kind of command, over all their sockets of this process."""

    __slots__ = ("_is_limited", "_whole_at")

    def __init__(self) -> None:
        self._is_limited = settings.RATE_LIMITS  # which to look up twice a frame takes 1.5 µs
        self._whole_at: dict[type, float] = {}  # see Rate

    def take(self, kind: type, now: float) -> None:
        """Count one command of ``kind``; ``now`` in seconds. Raises RateLimited."""
        if not self._is_limited:
            return
        rate = RATES[kind]
        whole_at = rate.put_off(self._whole_at.get(kind, now), now)
        if wait := rate.wait(whole_at, now):
            raise RateLimited(retry_after=wait)
        self._whole_at[kind] = whole_at


class Refusals:
    """Counts refusals of one kind on a socket, to tell when it is abuse."""

    __slots__ = ("_moments",)

    def __init__(self) -> None:
        self._moments: deque[float] = deque(maxlen=REFUSALS_MAX)

    def add(self, now: float) -> bool:
        """Count one at ``now`` (s); return whether there were too many within the window."""
        self._moments.append(now)
        return len(self._moments) == REFUSALS_MAX and now - self._moments[0] <= REFUSALS_WINDOW
