"""The writer: stores batches of posts, on Postgres from the event loop, elsewhere from a thread."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

import psycopg
from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection

from chat import broadcast
from chat.errors import ChatError, Unavailable
from chat.live.database import ANSWER_TIMEOUT, Database
from chat.live.pipeline import Pipeline, Rows, connect
from chat.models import batch
from chat.models.batch import Statement
from chat.services.plain_posts import PlainPosts
from chat.services.posting import Outcome, Post, post_many

logger = logging.getLogger(__name__)

# Batches, each on a connection of its own: while one commits, another is decided.
AT_ONCE = settings.DATABASE_WRITERS
# What the database says when it waited too long for a room or a seat.
HELD = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.DeadlockDetected,
)


class Writer:
    """``store`` may be called for ``at_once`` batches at a time, no room in two of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._on_postgres = connection.vendor == "postgresql"
        self.at_once = AT_ONCE if self._on_postgres else 1
        self._idle: list[Pipeline] = []

    async def open(self) -> None:
        """Connect, and have planned what a post takes: the first to use a connection waits 40 ms.

        Where the database is away, connections are made once they are needed.
        """
        if not self._on_postgres:
            return
        nothing = [batch.wait_for_rooms([]), batch.post_plain([])]
        with contextlib.suppress(ChatError, psycopg.Error):
            await asyncio.gather(*[self._committed(nothing) for _ in range(self.at_once)])

    async def store(self, posts: Sequence[Post]) -> Sequence[Outcome | None]:
        """Post what is plain of ``posts``, in order; return for each its ack, or why it is refused.

        None is for those that have to be stored carefully. Raises Unavailable when the database
        does not answer.
        """
        if not self._on_postgres:
            return await self.store_carefully(posts)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                return await self._stored(posts)
        except TimeoutError:
            raise Unavailable from None
        except HELD as error:
            return await self._apart(posts, error)
        except (psycopg.Error, SynchronousOnlyOperation) as error:
            # Once more, the careful way: the client_ids make that harmless even where the
            # connection was lost after the commit.
            logger.warning("A batch is stored the careful way: %s", _first_line(error))
            return [None] * len(posts)

    async def store_carefully(self, posts: Sequence[Post]) -> Sequence[Outcome]:
        """Post whatever ``posts`` are, in a thread. Raises Unavailable."""
        return await self._database(post_many, posts)

    async def _apart(self, posts: Sequence[Post], error: psycopg.Error) -> Sequence[Outcome | None]:
        """Store each room's posts for themselves: one of the rooms is held by somebody."""
        rooms: dict[int, list[Post]] = {}
        for post in posts:
            rooms.setdefault(post.room, []).append(post)
        if len(rooms) == 1:
            logger.warning("The database did not answer: %s", _first_line(error))
            raise Unavailable
        told: dict[int, Outcome | None] = {}
        for group in rooms.values():
            try:
                found = await self.store(group)
            except Unavailable as refusal:
                found = [refusal] * len(group)
            told |= dict(zip(map(id, group), found, strict=True))
        return [told[id(post)] for post in posts]

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._idle.pop().close()

    async def _stored(self, posts: Sequence[Post]) -> Sequence[Outcome | None]:
        plain = PlainPosts(posts)
        if plain.takes_time:
            await self._database(plain.render)
        if statements := plain.statements():
            *_, places = await self._committed(statements)
            plain.take(places)
            broadcast.announce_now(plain.events)
        return plain.outcomes

    async def _committed(self, statements: Sequence[Statement]) -> list[Rows]:
        """Execute ``statements`` as one transaction, in one round trip; return their rows."""
        pipeline = await self._pipeline()
        try:
            found = await pipeline.run(statements)
        except BaseException:
            pipeline.close()
            raise
        self._idle.append(pipeline)
        return found

    async def _pipeline(self) -> Pipeline:
        """Return a connection that nobody uses."""
        while self._idle:
            pipeline = self._idle.pop()
            if pipeline.is_open:
                return pipeline
        return Pipeline(await self._database(connect))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
