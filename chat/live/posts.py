"""What the sockets of a process want to post, gathered into batches.

While batches are being stored the next ones gather: a lone post waits for nothing, a flood shares
transactions. No room is in two batches at a time, so each keeps its order, and a flooded room
holds up no other: the rooms take turns.

Beside another process that writes to the same rooms one batch at a time does better than two: those
would wait for one another's rooms in turn, and stay small. 5,000 messages a second to two processes
took 0.3 s that way, 8,000 half of that one at a time. And batches half as large, of one half of the
rooms in turn: while one is stored the other process waits for its rooms, and goes on with the other
half from then on. Two processes carried 73,000 to 141,000 deliveries a second before that, 168,000
to 177,000 with it.

A flooded room rests between its batches while others post. Each commit waits for the one before it
to reach the disk, and the disk is never free beside a room that commits without end: what another
room posted then took 7 ms to be stored instead of 3.

What takes care (a call, a mention, a refusal to be put in words) is a hundred times as dear as a
plain message. It is left for a line of its own, few at a time, for which nobody waits but its room.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence

from chat.errors import ChatError, Unavailable
from chat.services.posting import Outcome, Post

logger = logging.getLogger(__name__)

RIVALRY = 1.0  # s for which another process counts as writing to our rooms
ROOM_MAX = 100  # posts of one room in a batch, or the others would wait for all of them
CARE_MAX = 20  # posts that take care in a batch: 10 ms and 2 more for each
COMPANY = 1.0  # s for which who posted counts as posting
RESTS = 3  # times as long as its batch took a flooded room rests in company
REST_MAX = 0.25  # s
PATIENCE = 0.25  # s that the others wait for one batch then, which may wait for a room that is held

Done = Callable[[Outcome], None]
Item = tuple[Post, Done]
Waiting = dict[int, deque[Item]]  # by room, in the order of their turns
Store = Callable[[Sequence[Post]], Awaitable[Sequence[Outcome | None]]]


class Posts:
    """Has ``store`` called with at most ``size`` posts, for at most ``at_once`` batches at a time.

    ``store`` returns an outcome for each post, which may be the error it is refused with; or None
    for one that takes care, which ``store_carefully`` is then called with.
    """

    def __init__(self, store: Store, store_carefully: Store, at_once: int, size: int) -> None:
        self._store = store
        self._store_carefully = store_carefully
        self._at_once = at_once
        self._size = size
        self._waiting: Waiting = {}
        self._left: Waiting = {}  # what takes care
        self._caring: asyncio.Task[None] | None = None
        self._busy: set[int] = set()  # the rooms that a batch is about, or of which one is left
        self._running: set[asyncio.Task[None]] = set()
        self._is_to_begin = False
        self._loop = asyncio.get_running_loop()
        self._rivalry_ends = 0.0  # by the loop's clock
        self._began_at = 0.0
        self._half = 0  # of the rooms, whose turn it is
        self._kept_up: dict[int, float] = {}  # when, the last two rooms that did

    def submit(self, post: Post, done: Done) -> None:
        """Have ``post`` stored soon; ``done`` gets its outcome."""
        self._waiting.setdefault(post.room, deque()).append((post, done))
        if not self._is_to_begin and self._may_begin():
            # Not at once: what else comes in this turn of the loop shares the batch.
            self._is_to_begin = True
            self._loop.call_soon(self._begin)

    def others_wrote(self) -> None:
        """Note that another process wrote to our rooms: for a while, one batch at a time."""
        self._rivalry_ends = self._loop.time() + RIVALRY

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and nothing runs."""
        return not self._waiting and not self._running and self._caring is None

    @property
    def is_quiet(self) -> bool:
        """Whether nobody has posted for some time."""
        return self.is_idle and self._loop.time() > self._began_at + COMPANY

    def _begin(self) -> None:
        self._is_to_begin = False
        while self._may_begin() and (batch := self._next()):
            self._began_at = self._loop.time()
            if self._has_rivals():
                self._loop.call_later(PATIENCE, self._begin)
            self._busy.update({post.room for post, _ in batch})
            self._running.add(asyncio.create_task(self._run(batch)))

    def _has_rivals(self) -> bool:
        return self._loop.time() < self._rivalry_ends

    def _may_begin(self) -> bool:
        if self._running and self._has_rivals() and self._loop.time() < self._began_at + PATIENCE:
            return False
        return len(self._running) < self._at_once

    def _next(self) -> list[Item]:
        """Take the next batch: of each room that is free an equal share, in their turn."""
        size = self._size // 2 if self._has_rivals() else self._size
        free = [room for room in self._waiting if room not in self._busy][:size]
        if self._has_rivals():
            self._half = 1 - self._half  # by their numbers, which are the same to all processes
            free = [room for room in free if room % 2 == self._half] or free
        batch = _shares(self._waiting, free, size)
        self._have_kept_up([room for room in free if room not in self._waiting])
        return batch

    def _have_kept_up(self, rooms: list[int]) -> None:
        """Note it of two of them at most: of which one is other than whichever is flooded."""
        for room in rooms[-2:]:
            self._kept_up.pop(room, None)
            self._kept_up[room] = self._loop.time()
        while len(self._kept_up) > 2:
            del self._kept_up[next(iter(self._kept_up))]

    def _flooded(self, batch: list[Item]) -> set[int]:
        """Return the rooms that filled their share of ``batch``, if others post and keep up."""
        if len(batch) < ROOM_MAX:
            return set()
        counts = Counter([post.room for post, _ in batch])
        lately = self._loop.time() - COMPANY
        others = {room for room, at in self._kept_up.items() if at > lately}
        return {room for room, count in counts.items() if count >= ROOM_MAX and others - {room}}

    async def _run(self, batch: list[Item]) -> None:
        began_at = self._loop.time()
        try:
            self._leave(await self._told(self._store, batch))
        finally:
            rooms = {post.room for post, _ in batch} - self._left.keys()
            resting = self._flooded(batch) & rooms
            self._busy -= rooms - resting
            if resting:
                rest = min(REST_MAX, RESTS * (self._loop.time() - began_at))
                self._loop.call_later(rest, self._have_rested, resting)
            if (task := asyncio.current_task()) is not None:
                self._running.discard(task)
            self._begin()

    def _leave(self, items: list[Item]) -> None:
        for post, done in items:
            self._left.setdefault(post.room, deque()).append((post, done))
        if items and self._caring is None:
            self._caring = asyncio.create_task(self._take_care())

    async def _take_care(self) -> None:
        """Have stored what is left, of each room an equal share in its turn."""
        try:
            while self._left:
                rooms = list(self._left)[:CARE_MAX]
                await self._told(self._store_carefully, _shares(self._left, rooms, CARE_MAX))
                self._busy.difference_update([room for room in rooms if room not in self._left])
                self._begin()
        finally:
            self._caring = None

    def _have_rested(self, rooms: set[int]) -> None:
        self._busy -= rooms
        self._begin()

    async def _told(self, store: Store, batch: list[Item]) -> list[Item]:
        """Store ``batch`` and tell the outcomes; return what has none yet."""
        outcomes = await self._outcomes(store, [post for post, _ in batch])
        left = []
        for (post, done), outcome in zip(batch, outcomes, strict=True):
            if outcome is None:
                left.append((post, done))
            else:
                self._tell(done, outcome)
        return left

    @staticmethod
    def _tell(done: Done, outcome: Outcome) -> None:
        """Hand over one outcome. That this fails is no reason to keep the others from theirs."""
        try:
            done(outcome)
        except Exception:
            logger.exception("An outcome could not be told.")

    async def _outcomes(self, store: Store, posts: list[Post]) -> Sequence[Outcome | None]:
        try:
            return await store(posts)
        except ChatError as refusal:
            return [refusal] * len(posts)
        except Exception:
            if len(posts) > 1:
                # One of them is to blame: its neighbours shall not suffer for it.
                return [(await self._outcomes(store, [post]))[0] for post in posts]
            logger.exception("A message could not be stored.")
            return [Unavailable()]


def _shares(waiting: Waiting, rooms: list[int], size: int) -> list[Item]:
    """Take a batch out of ``waiting``: of each of ``rooms`` an equal share, in their turn."""
    batch: list[Item] = []
    for room in rooms:
        posts = waiting.pop(room)
        share = min(len(posts), size // len(rooms), ROOM_MAX)
        batch += [posts.popleft() for _ in range(share)]
        if posts:
            waiting[room] = posts  # behind all others
    return batch
