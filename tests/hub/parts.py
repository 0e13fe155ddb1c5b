"""A hub in this process, on the real database, whose answers a test may keep back for a while.

What happens between a question and its answer is where the races are: a test asks, waits until the
database has answered, lets something else happen, and only then hands the answer over.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import uuid4

from asgiref.sync import sync_to_async
from django.db import connections

from chat import broadcast
from chat.broadcast import Event
from chat.errors import Unavailable
from chat.live.admission import Arrival, Credentials
from chat.live.database import Database
from chat.live.frames import texts_in
from chat.live.hub import Hub
from chat.live.socket import Socket
from chat.models import Room
from chat.services import messages
from chat.services.posting import Ack
from tests.factories import Member

PATIENCE = 10  # s; generous, since the machine may be busy

Frame = dict[str, Any]
Wanted = Callable[..., bool]


class Answer:
    """One kept answer: ``read`` once the database has given it."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.read = asyncio.Event()
        self.handed_over = asyncio.Event()

    def hand_over(self) -> None:
        """Let whoever asked go on."""
        self.handed_over.set()


class KeepingDatabase(Database):
    """The hub's database; ``keeping`` holds one answer back."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[Answer] = []
        self.asked: list[tuple[Any, ...]] = []
        self.is_away = False
        self.refused = 0
        self._goes_on = asyncio.Event()
        self._goes_on.set()

    async def __call__(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked.append((query, *args))
        if self.is_away:
            self.refused += 1
            raise Unavailable
        await self._goes_on.wait()
        found = await super().__call__(query, *args, **kwargs)
        for answer in self._kept:
            if answer.wanted(query, *args):
                self._kept.remove(answer)
                answer.read.set()
                await answer.handed_over.wait()
                break
        return found

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Answer nothing within the block."""
        self._goes_on.clear()
        try:
            yield
        finally:
            self._goes_on.set()

    @asynccontextmanager
    async def keeping(self, wanted: Wanted, asked: Callable[[], object]) -> AsyncIterator[Answer]:
        """Call ``asked``; run the block between the next answer that is ``wanted`` and its end."""
        answer = Answer(wanted)
        self._kept.append(answer)
        asked()
        try:
            async with asyncio.timeout(PATIENCE):
                await answer.read.wait()
            yield answer
        finally:
            answer.hand_over()


def is_welcome(_query: Any, *args: Any) -> bool:
    """Whether a question is that for the hello of arriving sockets."""
    return bool(args) and isinstance(args[0], list) and isinstance(args[0][0], Arrival)


def asks(verb: Callable[..., object]) -> Wanted:
    """Whether a question calls ``verb``, also on behalf of a member."""
    return lambda query, *args: verb in (query, *args[:1])


class Peer:
    """A wire whose other end reads everything at once."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.closed_with: int | None = None
        self.unsent = 0
        self.is_broken = False
        self.is_reading = True

    @property
    def is_behind(self) -> bool:
        """Whether anything is unsent."""
        return self.unsent > 0

    def send(self, framed: bytes) -> None:
        """Take frames."""
        if self.is_broken:
            raise ConnectionError("the transport is gone")
        self.frames += [json.loads(text) for text in texts_in(framed)]

    def when_drained(self, callback: Callable[[], None]) -> None:
        """Everything is read."""
        callback()

    def close(self, code: int) -> None:
        """Remember the code."""
        self.closed_with = code

    def pause(self) -> None:
        """Not read from any more."""
        self.is_reading = False

    def resume(self) -> None:
        """Read from again."""
        self.is_reading = True

    def seen(self, type: str) -> list[Frame]:
        """Return all frames of a type that came so far."""
        return [frame for frame in self.frames if frame["type"] == type]

    def spans(self, room: int) -> list[tuple[int, int]]:
        """Return the versions of each change of ``room`` that came so far."""
        frames = [frame for frame in self.seen("changes") if frame["room"] == room]
        return [(frame["from"], frame["to"]) for frame in frames]

    def at(self, room: int) -> int:
        """Return the version up to which changes of ``room`` came."""
        return max((end for _, end in self.spans(room)), default=0)


async def until(condition: Callable[[], object], what: str) -> None:
    """Wait for a condition."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"{what} did not come"
        await asyncio.sleep(0.005)


async def doing(verb: Callable[..., Any], *args: Any) -> Any:
    """Call a service in a thread of its own, as a page would."""

    def call() -> Any:
        try:
            return verb(*args)
        finally:
            connections.close_all()

    return await sync_to_async(call, thread_sensitive=False)()


async def post(member: Member, room: Room, body: str = "hi") -> Ack:
    """Say something in a room."""
    return await doing(messages.post, member.user, room.pk, uuid4(), body)


class Guests:
    """Opens sockets of members at a hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._tasks: list[asyncio.Task[Socket | None]] = []

    def knock(self, member: Member, address: str = "") -> Peer:
        """Begin to open a socket; hello follows."""
        peer = Peer()
        admitting = self.hub.admit(peer, Credentials(session=member.cookie), address)
        self._tasks.append(asyncio.create_task(admitting))
        return peer

    async def enter(self, member: Member, address: str = "") -> tuple[Peer, Socket]:
        """Open a socket; return its ends."""
        peer = self.knock(member, address)
        socket = await self._tasks[-1]
        assert socket is not None
        return peer, socket


def say(hub: Hub, socket: Socket, type: str, **fields: Any) -> None:
    """Have a client say something."""
    hub.received(socket, json.dumps({"type": type, "ref": 1, **fields}).encode())


async def unheard(hub: Hub, verb: Callable[..., Any], *args: Any) -> Any:
    """Call a service whose announcement does not reach this hub: a hint that was lost."""
    broadcast.attach(Deaf())
    try:
        return await doing(verb, *args)
    finally:
        broadcast.attach(hub)


class Deaf:
    """Hears nothing."""

    def announced(self, events: Sequence[Event]) -> None:
        """Let it go by."""


async def settled(hub: Hub, socket: Socket, peer: Peer) -> None:
    """Return once everything that was announced so far has been passed on to ``peer``."""
    before = len(peer.seen("pong"))
    say(hub, socket, "ping")
    await until(lambda: len(peer.seen("pong")) > before, "a pong")
