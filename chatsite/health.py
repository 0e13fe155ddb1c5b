"""Whether the process lives and can do its work: /healthz and /readyz, for whoever runs the site.

They are answered ahead of Django: a probe knows neither the site's host name nor https, and must
not wait for the threads that a slow database has taken.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import copy
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

logger = logging.getLogger(__name__)

TIMEOUT = 1.5  # s for a part to answer, because ours is due within 2
FRESH = 1.0  # s for which an answer holds, however often it is asked for

Check = Callable[[], None]
Application = Callable[..., Awaitable[None]]


class HealthChecks:
    """An ASGI application around `application`: answers its two paths and hands on all others.

    /healthz is 200 while the process answers at all. /readyz is 200 when the database answers, and
    503 otherwise; without Redis the site is slower and still whole, so that is 200 and "degraded".
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._database = Probe("The database", check_database)
        self._redis = Probe("Redis", check_redis)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"] in ("/healthz", "/readyz"):
            status, facts = 200, {"status": "ok"}
            if scope["path"] == "/readyz":
                status, facts = await self._readiness()
            await _answer(send, status, facts)
        else:
            await self._application(scope, receive, send)

    async def _readiness(self) -> tuple[int, dict[str, str]]:
        database, redis = await asyncio.gather(self._database.ask(), self._redis.ask())
        if database != "ok":
            status, word = 503, "unavailable"
        elif redis not in ("ok", "not configured"):
            status, word = 200, "degraded"
        else:
            status, word = 200, "ok"
        return status, {"status": word, "database": database, "redis": redis}


class Probe:
    """Asks a part of the site, in a thread of its own, and never twice at the same time."""

    def __init__(self, name: str, check: Check, timeout: float = TIMEOUT) -> None:
        self._name = name
        self._check = check
        self._timeout = timeout
        self._thread = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="health")
        self._running: asyncio.Future[None] | None = None
        self._answer, self._answered = "ok", float("-inf")

    async def ask(self) -> str:
        """ "ok", "not configured", or what is wrong, in words; within the timeout."""
        if time.monotonic() - self._answered > FRESH:
            answer = await self._fresh_answer()
            self._answered = time.monotonic()
            if answer != self._answer:  # once, not at every probe
                logger.warning("%s: %s", self._name, answer)
                self._answer = answer
        return self._answer

    async def _fresh_answer(self) -> str:
        if self._running is None or self._running.done():
            loop = asyncio.get_running_loop()
            self._running = loop.run_in_executor(self._thread, self._check)
            # Looked at here too: nobody may be left who asks when a late answer is a failure.
            self._running.add_done_callback(lambda late: late.cancelled() or late.exception())
        # A check that hangs is left to its thread; the next probe finds it still running.
        await asyncio.wait([self._running], timeout=self._timeout)
        if not self._running.done():
            return f"no answer within {self._timeout:g} s"
        match self._running.exception():
            case None:
                return "ok"
            case NotConfigured():
                return "not configured"
            case error:
                logger.debug("%s: %s", self._name, error)
                return "cannot be reached"


class NotConfigured(Exception):
    """The site does without this part."""


def own_connection() -> BaseDatabaseWrapper:
    """A new connection to the database, outside any pool; to be closed by the caller.

    A pool that is busy, or that retries for a while, says nothing about the database.
    """
    own = copy.deepcopy(connections[DEFAULT_DB_ALIAS].settings_dict)
    own.get("OPTIONS", {}).pop("pool", None)
    return load_backend(own["ENGINE"]).DatabaseWrapper(own, DEFAULT_DB_ALIAS)


def check_database() -> None:
    """Return if the database answers a query."""
    connection = own_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def check_redis() -> None:
    """Return if Redis answers; raises NotConfigured when there is none."""
    if not settings.REDIS_URL:
        raise NotConfigured
    import redis

    from chatsite.settings import redis_host

    bounds = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
    host = redis_host(settings.REDIS_URL) | bounds
    with redis.Redis.from_url(host.pop("address"), **host) as client:
        client.ping()


async def _answer(send: Any, status: int, facts: dict[str, str]) -> None:
    body = json.dumps(facts).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
