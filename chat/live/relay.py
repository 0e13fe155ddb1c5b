"""The hub's side of Redis: what reaches other server processes, and comes from them.

It joins the groups of the channel layer and sends to them as channels-redis does, so that processes
without a hub use the layer itself; but on a connection of its own, where a hint costs microseconds.

Everything here may be late, lost, doubled or out of order, and nothing waits for it: no handshake,
no command, no ack. Hubs find in the database what Redis did not tell them.
"""

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import hiredis
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import settings

from chat import broadcast
from chat.broadcast import HUBS, Event
from chat.live.line import Line, command

logger = logging.getLogger(__name__)

WAITING_MAX = 10_000  # hints waiting to be published; beyond that the oldest are dropped
TIMEOUT = 5  # s in which Redis has to connect, and to answer
LISTEN_EVERY = 1  # s between two questions whether it is there
RETRY = 1  # s after a failure


class Relay:
    """Joins groups, publishes and receives, and connects again when Redis was away."""

    def __init__(self, received: Callable[[Sequence[Event]], None]) -> None:
        self._received = received
        # Alone in its process's layer, a hub has nobody to tell and nobody to hear.
        self._alone = isinstance(get_channel_layer(), InMemoryChannelLayer)
        self._name = uuid.uuid4().hex
        self._own = broadcast.beginning_of(self._name)
        self._wanted: set[str] = {HUBS}
        self._joined: set[str] = set()  # what Redis was asked for on this connection
        self._confirmed: Callable[[set[str]], None] = lambda _groups: None
        self._fresh: set[str] = set()  # what it confirmed, and was not told on yet
        self._waiting: deque[Event] = deque(maxlen=WAITING_MAX)
        self._line: Line | None = None
        self._is_joining = False
        self._heard_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self.is_well = True

    def start(self, confirmed: Callable[[set[str]], None]) -> None:
        """Begin. ``confirmed`` hears of groups from which events come from now on."""
        self._confirmed = confirmed
        if not self._alone:
            self._task = asyncio.create_task(self._stay_connected())

    async def stop(self) -> None:
        """Publish what waits, and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def want(self, group: str) -> None:
        """Join ``group`` soon."""
        self._wanted.add(group)
        self._join_soon()

    def drop(self, group: str) -> None:
        """Leave ``group`` soon."""
        self._wanted.discard(group)
        self._join_soon()

    def publish(self, events: Sequence[Event]) -> None:
        """Tell the other processes, at once where Redis is there."""
        if not self._alone:
            self._waiting.extend(events)
            self._speak()

    def _speak(self) -> None:
        """Publish all that waits in one write."""
        if self._line is None or not self._line.is_free or not self._waiting:
            return
        told = broadcast.by_group(self._waiting)
        self._waiting.clear()
        commands = [
            command(b"PUBLISH", broadcast.channel_of(group), broadcast.pack(events, self._name))
            for group, events in told.items()
        ]
        self._line.write(b"".join(commands))

    def _join_soon(self) -> None:
        """Make the joined groups what the wanted ones are, once for all that come in this turn."""
        if self._line is not None and not self._is_joining:
            self._is_joining = True
            asyncio.get_running_loop().call_soon(self._join)

    def _join(self) -> None:
        self._is_joining = False
        if self._line is None:
            return
        for word, groups in (
            (b"SUBSCRIBE", self._wanted - self._joined),
            (b"UNSUBSCRIBE", self._joined - self._wanted),
        ):
            if groups:
                self._line.say(word, *map(broadcast.channel_of, groups))
        self._joined = set(self._wanted)

    # --- What Redis says ----------------------------------------------------------------------

    def _heard(self, reply: Any) -> None:
        """Take what others published, and what came of our own words: most of it says nothing."""
        self._heard_at = time.monotonic()
        match reply:
            case [b"message", _, payload]:
                if not payload.startswith(self._own):
                    self._take(payload)
            case [b"subscribe", channel, _]:
                self._confirm_soon(broadcast.group_of(channel))
            case hiredis.ReplyError():
                self._refused(reply)

    def _take(self, payload: bytes) -> None:
        try:
            self._received(broadcast.unpack(payload))
        except Exception:
            logger.exception("A hint could not be read.")

    def _confirm_soon(self, group: str) -> None:
        if not self._fresh:
            asyncio.get_running_loop().call_soon(self._confirm)
        self._fresh.add(group)

    def _confirm(self) -> None:
        fresh, self._fresh = self._fresh, set()
        self._confirmed(fresh & self._wanted)

    def _refused(self, error: Exception) -> None:
        """Redis answers, but does not do what it was asked: begin anew."""
        self._failed(error)
        if self._line is not None:
            self._line.abort()

    # --- The connection -----------------------------------------------------------------------

    async def _stay_connected(self) -> None:
        try:
            while True:
                try:
                    await self._until_lost(await self._connect())
                    self._failed(ConnectionError("the connection is lost"))
                except Exception as error:
                    self._failed(error)
                self._hang_up()
                await asyncio.sleep(RETRY)
        finally:
            if self._line is not None:
                self._line.close()

    async def _connect(self) -> Line:
        async with asyncio.timeout(TIMEOUT):
            line = await Line.open(settings.REDIS_URL, self._heard, self._speak)
        self._line = line
        self._heard_at = time.monotonic()
        self._joined.clear()
        # What others published meanwhile is lost: each confirmed group is looked at.
        self._join()
        self._speak()
        return line

    async def _until_lost(self, line: Line) -> None:
        """Ask again and again whether Redis is there; return once it is not, or the line ends."""
        while True:
            line.say(b"PING")
            ended, _ = await asyncio.wait([line.lost], timeout=LISTEN_EVERY)
            if ended:
                return
            if time.monotonic() - self._heard_at > TIMEOUT:
                raise TimeoutError("no answer")
            self._succeeded()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.abort()
        self._line = None

    def _failed(self, error: Exception) -> None:
        if self.is_well:
            logger.warning(
                "Redis does not answer (%s): members hear of changes through the database, "
                "some seconds later.",
                str(error) or type(error).__name__,
            )
        self.is_well = False

    def _succeeded(self) -> None:
        if not self.is_well:
            logger.warning("Redis answers again.")
        self.is_well = True
