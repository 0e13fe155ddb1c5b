"""A connection to Redis on the event loop that speaks and listens: nothing waits for an answer.

redis-py has a task, a timeout and three objects for each command. Here several commands are one
write, and what Redis says goes to a callback as hiredis reads it. In its protocol's third version
(Redis 6) one connection both publishes and hears, so that the count of who was told and one's own
hint, which comes back, are one read and wake the process once.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Self, cast

import hiredis
from redis.connection import SSLConnection, parse_url

UNSENT_MAX = 1024 * 1024  # bytes that Redis has not taken; then the line is not free


class Line(asyncio.Protocol):
    """``heard`` gets every reply, ReplyErrors and PushNotifications included; ``freed`` is called
    when it is free again.

    ``lost`` is done once the connection has ended.
    """

    def __init__(self, heard: Callable[[Any], None], freed: Callable[[], None]) -> None:
        self._heard = heard
        self._freed = freed
        self._reader = hiredis.Reader()
        self._transport: asyncio.Transport | None = None
        self._is_paused = False
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, url: str, heard: Callable[[Any], None], freed: Callable[[], None]) -> Self:
        """Return a line to the Redis at ``url``. Raises OSError where there is none."""
        loop = asyncio.get_running_loop()
        where = parse_url(url)
        line = cls(heard, freed)
        if "path" in where:
            await loop.create_unix_connection(lambda: line, where["path"])
        else:
            tls = _tls() if where.get("connection_class") is SSLConnection else None
            host, port = where.get("host", "localhost"), where.get("port", 6379)
            await loop.create_connection(lambda: line, host, port, ssl=tls)
        line.say(b"HELLO", b"3", *_credentials(where))
        return line

    @property
    def is_free(self) -> bool:
        """Whether it is there, and Redis has taken nearly all of what was said."""
        return not self._is_paused and not self.lost.done()

    def say(self, *words: bytes) -> None:
        """Send one command."""
        self.write(command(*words))

    def write(self, commands: bytes) -> None:
        """Send commands as ``command`` makes them."""
        if self._transport is not None:
            self._transport.write(commands)

    def close(self) -> None:
        """Send what is unsent, and end the connection."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End the connection now."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class
        self._transport.set_write_buffer_limits(UNSENT_MAX)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            self._heard(reply)

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        self._freed()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if not self.lost.done():
            self.lost.set_result(None)


def command(*words: bytes) -> bytes:
    """Return a command as Redis reads it."""
    return b"*%d\r\n%b" % (
        len(words),
        b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words]),
    )


def _credentials(where: Mapping[str, Any]) -> list[bytes]:
    if not where.get("password"):
        return []
    user = where.get("username") or "default"
    return [b"AUTH", user.encode(), where["password"].encode()]


def _tls() -> ssl.SSLContext:
    """Encrypted, whoever it is: Heroku's Redis presents a certificate that it signed itself."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
