"""Who posts scheduled messages, removes old ones and indexes new ones: who holds the lease."""

import math
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from chat.errors import ChatError
from chat.live.database import Database
from chat.models import Lease
from chat.services import indexing, retention, scheduled

DUTY = "scheduled messages"
LOOK_EVERY = 1  # s between two looks for what is due
LEASE = timedelta(seconds=15)  # after which another process takes over from one that died
EXPIRE_EVERY = 60  # s between two looks for messages whose time is over, when there were none
INDEX_EVERY = 5  # s between two looks for messages to be made searchable, beside those who post
ASK_EVERY = 5  # s between two requests for the lease, to keep it or to get it


class Scheduler:
    """One process's try at being the one that posts, removes and indexes.

    A process that stood still for longer than its lease asks for it anew before it posts. Should
    two post all the same, the ``client_id`` makes it one message.
    """

    def __init__(
        self, process: uuid.UUID, database: Database, is_quiet: Callable[[], bool]
    ) -> None:
        self._process = process
        self._database = database
        self._is_quiet = is_quiet  # whether nobody posts
        self._asks_at = 0.0  # by the monotonic clock
        self._holds_lease = False
        self._expires_at = 0.0  # by the monotonic clock
        self._indexes_at = 0.0  # by the monotonic clock

    async def look(self) -> None:
        """Post what is due, remove what is over, index what is new, if this process is the one."""
        now = time.monotonic()
        if now >= self._asks_at:
            self._holds_lease = False
            self._asks_at = now + ASK_EVERY
            self._holds_lease = await self._database(Lease.take, DUTY, self._process, LEASE)
        if self._holds_lease:
            await self._database(scheduled.send_due)
            if now >= self._expires_at:
                removed = await self._database(retention.expire)
                self._expires_at = now if removed else now + EXPIRE_EVERY
            if now >= self._indexes_at:
                await self._index(now)

    async def _index(self, now: float) -> None:
        is_quiet = self._is_quiet()
        work = indexing.WORK if is_quiet else indexing.WORK_BESIDE
        more = await self._database(indexing.advance, work)
        self._indexes_at = now if more and is_quiet else now + INDEX_EVERY

    async def stop(self) -> None:
        """Let another process take over at once."""
        self._asks_at = math.inf
        if self._holds_lease:
            self._holds_lease = False
            with suppress(ChatError):  # it runs out by itself, a little later
                await self._database(Lease.give_up, DUTY, self._process)
