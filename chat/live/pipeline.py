"""A connection to Postgres that lives on the event loop: several statements in one round trip.

psycopg's own cursors cost a hundred microseconds a statement, and a thread to wait in. The path
that every message takes speaks with libpq itself instead: prepared once, sent together, read when
the socket is readable.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import psycopg
from django.db import connection
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from psycopg_pool import ConnectionPool

from chat.models.batch import Statement

# What it executes finds few rows by their keys. The planner does not know how few.
SESSION = """
    SET application_name = 'chat-writer'; SET TIME ZONE 'UTC'; SET jit = off;
    SET plan_cache_mode = force_generic_plan;
    SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off
"""

# A plan that was made for an empty table reads along whichever index, for all time. So plans are
# made anew as tables grow: before runs 1, 2, 4, 8 and so on.
REPLAN = Statement("DISCARD PLANS")

Rows = list[tuple]


def connect() -> psycopg.Connection:
    """Take a connection from the pool, for good. Blocks; raises psycopg.Error."""
    pool = _pool()
    pool.open()
    taken = pool.getconn()
    taken.execute(SESSION)
    return taken


def _pool() -> ConnectionPool[psycopg.Connection]:
    return cast(Any, connection).pool


class Pipeline:
    """Runs statements on ``connected``, one ``run`` at a time, on the event loop it is made on."""

    def __init__(self, connected: psycopg.Connection) -> None:
        self._connected = connected
        self._libpq = connected.pgconn
        self._libpq.nonblocking = 1
        self._libpq.enter_pipeline_mode()
        self._socket = self._libpq.socket  # libpq forgets it when it loses the connection
        self._is_closed = False
        self._runs = 0
        self._transformer = Transformer(connected)
        self._names: dict[str, bytes] = {}
        self._asked: list[bool] = []  # for each command under way, whether its rows are wanted
        self._answers: list[Rows] = []
        self._error: psycopg.Error | None = None
        self._answer: asyncio.Future[list[Rows]] | None = None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    @property
    def is_open(self) -> bool:
        """Whether it can still be used, as far as is known."""
        return not self._is_closed

    async def run(self, statements: Sequence[Statement]) -> list[Rows]:
        """Execute ``statements`` in order, as one transaction; return the rows of each.

        Postgres commits when it reaches the end of what was sent together, and answers then.
        Raises psycopg.Error when one of them fails or the connection does; nothing of them is
        stored then. Whoever gives up waiting has to close the pipeline.
        """
        self._asked, self._answers, self._error = [], [], None
        self._answer = self._loop.create_future()
        self._runs += 1
        if self._runs.bit_count() == 1:
            self._send(REPLAN, is_asked=False)
        for statement in statements:
            self._send(statement)
        self._libpq.pipeline_sync()
        self._flush()
        return await self._answer

    def close(self) -> None:
        """Close the connection, which ends a transaction that is under way."""
        if not self._is_closed:
            self._is_closed = True
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._connected.close()
            _pool().putconn(self._connected)  # which takes it off its count

    def _send(self, statement: Statement, *, is_asked: bool = True) -> None:
        name = self._names.get(statement.sql)
        if name is None:
            name = self._names[statement.sql] = b"s%d" % len(self._names)
            self._libpq.send_prepare(name, statement.sql.replace("%s", "$1").encode())
            self._asked.append(False)
        given = None if statement.given is None else [statement.given]
        self._libpq.send_query_prepared(name, given, None, Format.BINARY)
        self._asked.append(is_asked)

    def _flush(self) -> None:
        """Send what libpq holds, and the rest when the socket takes it."""
        if self._libpq.flush():
            self._loop.add_writer(self._socket, self._flush_on)

    def _flush_on(self) -> None:
        try:
            if self._libpq.flush():
                return
        except psycopg.Error as error:
            self._lose(error)
            return
        self._loop.remove_writer(self._socket)

    def _read(self) -> None:
        try:
            self._libpq.consume_input()
            while self._answer is not None and not self._libpq.is_busy():
                result = self._libpq.get_result()
                if result is not None:  # which only tells one command's results from the next one's
                    self._take(result)
        except psycopg.Error as error:
            self._lose(error)

    def _take(self, result: PGresult) -> None:
        match result.status:
            case ExecStatus.PIPELINE_SYNC:
                self._finish()
            case ExecStatus.TUPLES_OK | ExecStatus.COMMAND_OK:
                if self._asked[len(self._answers)]:
                    self._answers.append(self._rows(result))
                else:
                    del self._asked[len(self._answers)]
            case ExecStatus.PIPELINE_ABORTED:
                pass  # not executed, after an error that came before
            case _:
                self._error = psycopg.errors.error_from_result(result)

    def _rows(self, result: PGresult) -> Rows:
        if not result.ntuples:
            return []
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def _finish(self) -> None:
        answer, self._answer = self._answer, None
        if answer is None or answer.done():
            return
        if self._error is None:
            answer.set_result(self._answers)
        else:
            answer.set_exception(self._error)

    def _lose(self, error: psycopg.Error) -> None:
        self._error = self._error or error
        self.close()
        self._finish()
