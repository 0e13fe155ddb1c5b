"""What the sockets of a process want to post, gathered into batches.

While batches are being stored the next ones gather: a lone post waits for nothing, a flood shares
transactions. No room is in two batches at a time, so each keeps its order, and a flooded room
holds up no other: the rooms take turns.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from chat.errors import ChatError, Unavailable
from chat.services.posting import Outcome, Post

logger = logging.getLogger(__name__)

Done = Callable[[Outcome], None]
Item = tuple[Post, Done]


class Posts:
    """Has ``store`` called with at most ``size`` posts, for at most ``at_once`` batches at a time.

    ``store`` returns an outcome for each post, which may be the error it is refused with.
    """

    def __init__(
        self,
        store: Callable[[Sequence[Post]], Awaitable[Sequence[Outcome]]],
        at_once: int,
        size: int,
    ) -> None:
        self._store = store
        self._at_once = at_once
        self._size = size
        self._waiting: dict[int, deque[Item]] = {}  # by room, in the order of their turns
        self._busy: set[int] = set()  # the rooms that a batch is about
        self._running: set[asyncio.Task[None]] = set()
        self._is_to_begin = False

    def submit(self, post: Post, done: Done) -> None:
        """Have ``post`` stored soon; ``done`` gets its outcome."""
        self._waiting.setdefault(post.room, deque()).append((post, done))
        if not self._is_to_begin and len(self._running) < self._at_once:
            # Not at once: what else comes in this turn of the loop shares the batch.
            self._is_to_begin = True
            asyncio.get_running_loop().call_soon(self._begin)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and nothing runs."""
        return not self._waiting and not self._running

    def _begin(self) -> None:
        self._is_to_begin = False
        while len(self._running) < self._at_once and (batch := self._next()):
            self._busy.update({post.room for post, _ in batch})
            self._running.add(asyncio.create_task(self._run(batch)))

    def _next(self) -> list[Item]:
        """Take the next batch: of each room that is free an equal share, in their turn."""
        free = [room for room in self._waiting if room not in self._busy][: self._size]
        batch: list[Item] = []
        for room in free:
            waiting = self._waiting.pop(room)
            share = min(len(waiting), self._size // len(free))
            batch += [waiting.popleft() for _ in range(share)]
            if waiting:
                self._waiting[room] = waiting  # behind all others
        return batch

    async def _run(self, batch: list[Item]) -> None:
        try:
            outcomes = await self._outcomes([post for post, _ in batch])
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                self._tell(done, outcome)
        finally:
            self._busy.difference_update({post.room for post, _ in batch})
            if (task := asyncio.current_task()) is not None:
                self._running.discard(task)
            self._begin()

    @staticmethod
    def _tell(done: Done, outcome: Outcome) -> None:
        """Hand over one outcome. That this fails is no reason to keep the others from theirs."""
        try:
            done(outcome)
        except Exception:
            logger.exception("An outcome could not be told.")

    async def _outcomes(self, posts: list[Post]) -> Sequence[Outcome]:
        try:
            return await self._store(posts)
        except ChatError as refusal:
            return [refusal] * len(posts)
        except Exception:
            if len(posts) > 1:
                # One of them is to blame: its neighbours shall not suffer for it.
                return [(await self._outcomes([post]))[0] for post in posts]
            logger.exception("A message could not be stored.")
            return [Unavailable()]
