"""Queries off the event loop, several at a time, so that a slow one stalls nobody else."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, connection, connections

from chat.errors import Unavailable

logger = logging.getLogger(__name__)

# How a database that is away says so. InternalError: it ended a transaction that stood still,
# because we were the ones who were frozen.
AWAY = (OperationalError, InterfaceError, InternalError)

P = ParamSpec("P")
T = TypeVar("T")

# Longer than any statement may take: only a database that does not answer at all takes as long.
ANSWER_TIMEOUT = settings.STATEMENT_TIMEOUT + settings.LOCK_TIMEOUT  # s
LEAVE_TIMEOUT = 1  # s for a thread to close its connection, unless it is stuck


class Database:
    """Threads of their own, each keeping its connection, for what sockets ask of the database."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(settings.DATABASE_THREADS, thread_name_prefix="database")

    async def __call__(self, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``query`` in a thread and return what it returns.

        A lost connection is tried once more on a fresh one: whatever runs here may run twice.
        Raises Unavailable when the database does not answer, and what ``query`` raises.
        """
        loop = asyncio.get_running_loop()
        answer = loop.run_in_executor(self._threads, lambda: _ask(query, *args, **kwargs))
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                # Not shielded: what has not begun by then is not to be done later, in a heap, when
                # nobody waits for it any more.
                return await answer
        except TimeoutError:
            raise Unavailable from None

    def close(self) -> None:
        """Let the threads end, their connections closed. Does not wait for a stuck one."""
        together = threading.Barrier(settings.DATABASE_THREADS)
        for _ in range(settings.DATABASE_THREADS):
            self._threads.submit(_leave, together)
        self._threads.shutdown(wait=False)


def _leave(together: threading.Barrier) -> None:
    """Close this thread's connection; wait for the others, so that each thread closes its own."""
    connections.close_all()
    with contextlib.suppress(threading.BrokenBarrierError):
        together.wait(LEAVE_TIMEOUT)


def _ask(query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return query(*args, **kwargs)
    except AWAY as error:
        lost = _connection_is_lost()
        connection.close()
        if not lost:
            raise _unavailable(error) from error
    try:
        return query(*args, **kwargs)
    except AWAY as error:
        connection.close()
        raise _unavailable(error) from error


def _connection_is_lost() -> bool:
    if connection.vendor == "sqlite":
        return False
    return connection.connection is None or connection.connection.closed


def _unavailable(error: Exception) -> Unavailable:
    logger.warning("The database did not answer: %s", str(error).partition("\n")[0])
    return Unavailable()
