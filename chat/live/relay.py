"""The hub's side of the channel layer: what reaches other server processes, and comes from them.

Everything here may be late, lost, doubled or out of order, and nothing waits for it: no handshake,
no command, no ack. Hubs find in the database what Redis did not tell them.
"""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Callable, Sequence

from channels.layers import InMemoryChannelLayer, get_channel_layer

from chat import broadcast
from chat.broadcast import HUBS, Event

logger = logging.getLogger(__name__)

WAITING_MAX = 10_000  # hints waiting to be published; beyond that the oldest are dropped
BATCH_MAX = 500  # hints published under one timeout
TIMEOUT = 5  # s for one step with Redis
RETRY = 1  # s after a failed one


class Relay:
    """Joins groups, publishes and receives, each in a task of its own."""

    def __init__(self, received: Callable[[Sequence[Event]], None]) -> None:
        self._received = received
        self._layer = get_channel_layer()
        self._alone = isinstance(self._layer, InMemoryChannelLayer)
        self._channel = ""
        self._name = uuid.uuid4().hex
        self._wanted: set[str] = {HUBS}
        self._joined: set[str] = set()
        self._confirmed: Callable[[set[str]], None] = lambda _groups: None
        self._waiting: deque[Event] = deque(maxlen=WAITING_MAX)
        self._to_join = asyncio.Event()
        self._to_publish = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.is_well = True

    def start(self, confirmed: Callable[[set[str]], None]) -> None:
        """Begin. ``confirmed`` hears of groups from which events come from now on."""
        self._confirmed = confirmed
        # Alone in its process's layer, a hub has nobody to tell and nobody to hear.
        if not self._alone:
            steps = (self._join, self._publish, self._receive)
            self._tasks = [asyncio.create_task(step()) for step in steps]

    async def stop(self) -> None:
        """Publish what waits, for a moment, and end."""
        for _ in range(10):
            if not self._waiting or self._alone or not self.is_well:
                break
            await asyncio.sleep(0.1)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def want(self, group: str) -> None:
        """Join ``group`` soon."""
        self._wanted.add(group)
        self._to_join.set()

    def drop(self, group: str) -> None:
        """Leave ``group`` soon."""
        self._wanted.discard(group)
        self._to_join.set()

    def publish(self, events: Sequence[Event]) -> None:
        """Tell the other processes soon."""
        if not self._alone:
            self._waiting.extend(events)
            self._to_publish.set()

    async def _join(self) -> None:
        """Keep the joined groups what the wanted ones are."""
        self._to_join.set()
        while True:
            await self._to_join.wait()
            self._to_join.clear()
            try:
                await self._join_wanted()
            except Exception as error:
                self._failed(error)
                await asyncio.sleep(RETRY)
                self._to_join.set()

    async def _join_wanted(self) -> None:
        if not self._channel:
            async with asyncio.timeout(TIMEOUT):
                self._channel = await self._layer.new_channel()
        fresh: set[str] = set()
        try:
            for group in self._wanted - self._joined:
                async with asyncio.timeout(TIMEOUT):
                    await self._layer.group_add(group, self._channel)
                self._joined.add(group)
                fresh.add(group)
            for group in self._joined - self._wanted:
                self._joined.discard(group)
                async with asyncio.timeout(TIMEOUT):
                    await self._layer.group_discard(group, self._channel)
        finally:
            if fresh:
                self._confirmed(fresh)

    async def _publish(self) -> None:
        while True:
            await self._to_publish.wait()
            self._to_publish.clear()
            while self._waiting:
                count = min(len(self._waiting), BATCH_MAX)
                batch = [self._waiting.popleft() for _ in range(count)]
                try:
                    async with asyncio.timeout(TIMEOUT):
                        await broadcast.publish(batch, self._name)
                except Exception as error:
                    # Whether it arrived is unknown, and does not matter: it was a hint.
                    self._failed(error)
                    await asyncio.sleep(RETRY)
                else:
                    self._succeeded()

    async def _receive(self) -> None:
        while True:
            if not self._channel:
                await asyncio.sleep(0.05)
                continue
            try:
                message = await self._layer.receive(self._channel)
                self._received(broadcast.unpack(message, self._name))
            except Exception as error:
                self._failed(error)
                await asyncio.sleep(RETRY)

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
            # What was published meanwhile by others may be lost: look at every room.
            self._confirmed(set(self._joined))
        self.is_well = True
