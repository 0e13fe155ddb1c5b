"""The writer: stores batches of posts, on Postgres from the event loop, elsewhere from a thread."""

import asyncio
import logging
from collections.abc import Sequence

import psycopg
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection

from chat import broadcast
from chat.errors import Unavailable
from chat.live.database import ANSWER_TIMEOUT, Database
from chat.live.pipeline import Pipeline, connect
from chat.models.batch import Statement
from chat.services.posting import (
    Draft,
    Outcome,
    PlainPosting,
    Post,
    outcomes,
    post_many,
    prepare,
    prepare_at_once,
)

logger = logging.getLogger(__name__)

AT_ONCE = 2  # batches, each on a connection of its own: while one commits, another is decided
BEGIN, COMMIT = Statement("BEGIN"), Statement("COMMIT")
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

    async def store(self, posts: Sequence[Post]) -> Sequence[Outcome]:
        """Post all of ``posts`` in order; return for each its ack, or why it was refused.

        Raises Unavailable when the database does not answer.
        """
        if not self._on_postgres:
            return await self._database(post_many, posts)
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                return await self._stored(posts)
        except TimeoutError:
            raise Unavailable from None
        except HELD as error:
            return await self._apart(posts, error)
        except (psycopg.Error, SynchronousOnlyOperation) as error:
            # Once more, the careful way, in a thread: the client_ids make that harmless even where
            # the connection was lost after the commit.
            logger.warning("A batch is stored the careful way: %s", _first_line(error))
            return await self._database(post_many, posts)

    async def _apart(self, posts: Sequence[Post], error: psycopg.Error) -> Sequence[Outcome]:
        """Store each room's posts for themselves: one of the rooms is held by somebody."""
        rooms: dict[int, list[Post]] = {}
        for post in posts:
            rooms.setdefault(post.room, []).append(post)
        if len(rooms) == 1:
            logger.warning("The database did not answer: %s", _first_line(error))
            raise Unavailable
        told: dict[int, Outcome] = {}
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

    async def _stored(self, posts: Sequence[Post]) -> Sequence[Outcome]:
        drafts = prepare_at_once(posts)
        if drafts is None:
            drafts = await self._database(prepare, posts)
        sound = [draft for draft in drafts if draft.outcome is None]
        if not PlainPosting.can_hold(sound):
            return await self._database(post_many, posts)
        if sound:
            await self._write(sound)
        return outcomes(drafts)

    async def _write(self, drafts: list[Draft]) -> None:
        """Store sound drafts in two round trips: lock and look, then write and commit."""
        posting = PlainPosting(drafts)
        pipeline = await self._pipeline()
        try:
            _, *found = await pipeline.run([BEGIN, *posting.looks()])
            *returned, _ = await pipeline.run([*posting.decide(found), COMMIT])
        except BaseException:
            pipeline.close()
            raise
        self._idle.append(pipeline)
        posting.finish(returned)
        broadcast.announce_now(posting.events())

    async def _pipeline(self) -> Pipeline:
        """Return a connection that nobody uses."""
        while self._idle:
            pipeline = self._idle.pop()
            if pipeline.is_open:
                return pipeline
        return Pipeline(await self._database(connect))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
