"""Work that arrives from many sockets at once, handed over many at a time.

While one batch runs the next gathers: a lone item waits for nothing, a flood shares transactions
and queries.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from chat.errors import ChatError, Unavailable
from chat.live.database import Database

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batches(Generic[Item, Result]):
    """Runs ``work`` on batches of at most ``size`` items, in the order in which they came.

    ``work`` returns a result for each item, which may be the error it is refused with.
    """

    def __init__(
        self,
        database: Database,
        work: Callable[[Sequence[Item]], Sequence[Result | ChatError]],
        size: int,
    ) -> None:
        self._database = database
        self._work = work
        self._size = size
        self._waiting: list[tuple[Item, Callable[[Result | ChatError], None]]] = []
        self._task: asyncio.Task[None] | None = None

    def submit(self, item: Item, done: Callable[[Result | ChatError], None]) -> None:
        """Have ``item`` worked on soon; ``done`` gets its result, or the error."""
        self._waiting.append((item, done))
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def __call__(self, item: Item) -> Result:
        """Have ``item`` worked on; return its result or raise the error."""
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def done(result: Result | ChatError) -> None:
            if answer.done():  # whoever asked has gone
                return
            if isinstance(result, ChatError):
                answer.set_exception(result)
            else:
                answer.set_result(result)

        self.submit(item, done)
        return await answer

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and nothing runs."""
        return self._task is None

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[: self._size]
                del self._waiting[: self._size]
                results = await self._work_on([item for item, _ in batch])
                for (_, done), result in zip(batch, results, strict=True):
                    self._tell(done, result)
        finally:
            self._task = None

    @staticmethod
    def _tell(done: Callable[[Result | ChatError], None], result: Result | ChatError) -> None:
        """Hand over one result. That this fails is no reason to keep the others from theirs."""
        try:
            done(result)
        except Exception:
            logger.exception("An outcome could not be told.")

    async def _work_on(self, items: list[Item]) -> Sequence[Result | ChatError]:
        try:
            return await self._database(self._work, items)
        except ChatError as refusal:
            return [refusal] * len(items)
        except Exception:
            if len(items) > 1:
                # One of them is to blame: its neighbours shall not suffer for it.
                return [(await self._work_on([item]))[0] for item in items]
            logger.exception("It could not be done.")
            return [Unavailable()]
