"""Telling every server process what was committed.

Services announce here, after commit, and know nothing of sockets. What is announced is a hint: the
database is the truth, and whoever misses a hint finds out there. So announcing never fails the
one whose change it is.
"""

import asyncio
import atexit
import logging
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import msgspec
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)

# Every hub is in this group: what concerns members rather than one room goes there.
HUBS = "hubs"
PUBLISH_TIMEOUT = 5  # s, for one hint of a process without a hub
WAITING_MAX = 1000  # hints, of a process without a hub
EXIT_TIMEOUT = 2  # s, that a command waits at its end for its last hints


class Fragment(msgspec.Struct, frozen=True, array_like=True):
    """A row encoded once, with what a hub needs to know of it without decoding."""

    id: int  # of the message, or of the member's user
    version: int
    json: bytes
    role: str | None = None  # of a member
    silent: list[int] = []  # members who are not shown that a message mentions or calls them


class Posted(msgspec.Struct, frozen=True, array_like=True):
    """A member posted, and so has read up to there. ``connection`` is the socket that did it."""

    user: int
    seq: int
    connection: str = ""


class RoomChanged(msgspec.Struct, frozen=True, tag="changed", array_like=True):
    """Changes of a room that were committed together."""

    room: int
    from_: int
    to: int
    messages: list[Fragment] = []
    members: list[Fragment] = []
    info: bytes | None = None
    posted: list[Posted] = []

    @property
    def group(self) -> str:
        """The channel-layer group whose hubs want to know."""
        return room_group(self.room)

    @property
    def silent(self) -> set[int]:
        """The members for whom these changes look different: see ``seen_by``."""
        return {user for fragment in self.messages for user in fragment.silent}

    def seen_by(self, user: int) -> "RoomChanged":
        """Return these changes as ``user`` may see them: without what calls them silently."""
        if user not in self.silent:
            return self
        messages = [_calling_not(fragment, user) for fragment in self.messages]
        return msgspec.structs.replace(self, messages=messages)


class Typing(msgspec.Struct, frozen=True, tag="typing", array_like=True):
    """A member began or ceased to type."""

    room: int
    user: int
    on: bool

    @property
    def group(self) -> str:
        """The channel-layer group whose hubs want to know."""
        return room_group(self.room)


class SeatChanged(msgspec.Struct, frozen=True, tag="seat", array_like=True):
    """A member joined or left a room, which their own sockets must hear of."""

    room: int
    user: int
    group = HUBS


class Read(msgspec.Struct, frozen=True, tag="read", array_like=True):
    """A member read a room up to ``seq``. ``connection`` is the one that said so, if any.

    ``unread_from`` is the mark they set, ``unread``, ``mentions`` and ``here`` are counted from
    there.
    """

    room: int
    user: int
    seq: int
    connection: str = ""
    unread_from: int | None = None
    unread: int | None = None
    mentions: int | None = None
    here: list[int] | None = None
    group = HUBS


class ThreadSeatChanged(msgspec.Struct, frozen=True, tag="thread", array_like=True):
    """A member read on in a thread, began to follow it, or ceased to."""

    room: int
    user: int
    thread: int
    read_seq: int
    following: bool
    group = HUBS


class Told(msgspec.Struct, frozen=True, tag="told", array_like=True):
    """A member is told something on all their screens: ``about`` as in the frame ``notice``.

    ``texts`` say it by language; ``sanction`` is the one that they may appeal against.
    """

    user: int
    about: str
    texts: dict[str, str]
    room: int | None = None
    until: str | None = None
    sanction: int | None = None
    group = HUBS


class ModerationChanged(msgspec.Struct, frozen=True, tag="moderation", array_like=True):
    """There is a new report, sanction or entry for ``users``, who look after a room."""

    users: list[int]
    room: int
    group = HUBS


class RoomTold(msgspec.Struct, frozen=True, tag="room_told", array_like=True):
    """Whoever is in a room now is told something, on all their screens: about retention.

    ``texts`` say it by language.
    """

    room: int
    about: str
    texts: dict[str, str]

    @property
    def group(self) -> str:
        """The channel-layer group whose hubs want to know."""
        return room_group(self.room)


class SeatsArranged(msgspec.Struct, frozen=True, tag="arranged", array_like=True):
    """A member wants some of their rooms differently: ``json`` is a list of their seats' rows."""

    user: int
    json: bytes
    group = HUBS


class Own(msgspec.Struct, frozen=True, tag="own", array_like=True):
    """Something that is a member's alone changed: ``row`` goes to all their sockets.

    ``kind`` names the frame, and the field of it that holds the row.
    """

    user: int
    kind: str
    row: bytes
    group = HUBS


class AccessChanged(msgspec.Struct, frozen=True, tag="access", array_like=True):
    """Sessions ended, or members were banned, deactivated or got another password."""

    users: list[int]
    group = HUBS


class PresenceChanged(msgspec.Struct, frozen=True, tag="presence", array_like=True):
    """Members came, went, or turned to or from their screens."""

    users: list[int]
    group = HUBS


class FiltersChanged(msgspec.Struct, frozen=True, tag="filters", array_like=True):
    """What is looked for in messages changed: it has to be read anew."""

    group = HUBS


Event = (
    RoomChanged
    | Typing
    | SeatChanged
    | Read
    | ThreadSeatChanged
    | SeatsArranged
    | Own
    | Told
    | ModerationChanged
    | RoomTold
    | AccessChanged
    | PresenceChanged
    | FiltersChanged
)


class _Hint(msgspec.Struct, tag_field="type", tag="hub.events"):
    """Events of one group, as they travel."""

    origin: str
    events: list[bytes]


_CHANNELS = b"chat__group__"  # of channels-redis, with the prefix in settings
_encode = msgspec.msgpack.Encoder().encode
_decode_hint = msgspec.msgpack.Decoder(_Hint).decode
_decode = msgspec.msgpack.Decoder(Event).decode


def _calling_not(fragment: Fragment, user: int) -> Fragment:
    if user not in fragment.silent:
        return fragment
    row = msgspec.json.decode(fragment.json)
    row["mentions"] = [mentioned for mentioned in row["mentions"] if mentioned != user]
    row.pop("call", None)
    return msgspec.structs.replace(fragment, json=msgspec.json.encode(row))


class Receiver(Protocol):
    """The process's hub, as services see it."""

    def announced(self, events: Sequence[Event]) -> None:
        """Take events of this process, from any thread, to deliver and to publish."""


_receiver: Receiver | None = None


def room_group(room_id: int) -> str:
    """Return the name of the channel-layer group of a room."""
    return f"room.{room_id}"


def channel_of(group: str) -> bytes:
    """Return the name that the channel layer gives the Redis channel of a group."""
    return b"%b%b" % (_CHANNELS, group.encode())


def group_of(channel: bytes) -> str:
    """Return the group of a Redis channel."""
    return channel.removeprefix(_CHANNELS).decode()


def pack(events: Sequence[Event], origin: str) -> bytes:
    """Return events of one group as the layer serialises them, with the name of who sends them."""
    return _encode(_Hint(origin, [_encode(event) for event in events]))


def beginning_of(origin: str) -> bytes:
    """Return how all begins that ``pack`` makes for ``origin``: one's own need not be unpacked."""
    return _encode(_Hint(origin, [])).removesuffix(_encode([]))


def unpack(payload: bytes) -> list[Event]:
    """Return the events of such a message."""
    return [_decode(event) for event in _decode_hint(payload).events]


def attach(receiver: Receiver | None) -> None:
    """Let ``receiver``, this process's hub, take what is announced from now on."""
    global _receiver
    _receiver = receiver


def announce(*events: Event) -> None:
    """Tell all server processes, once the transaction that is under way has committed."""
    transaction.on_commit(lambda: announce_now(events), robust=True)


def announce_now(events: Sequence[Event]) -> None:
    """Tell all server processes."""
    if _receiver is not None:
        _receiver.announced(events)
    elif not isinstance(get_channel_layer(), InMemoryChannelLayer):
        _Publisher.get().put(events)


def by_group(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Return the events by channel-layer group, each group's in order."""
    groups: dict[str, list[Event]] = {}
    for event in events:
        groups.setdefault(event.group, []).append(event)
    return groups


class _Publisher:
    """Publishes from a process that has no hub: a command, or a worker."""

    _instance: "_Publisher | None" = None
    _lock = threading.Lock()

    @classmethod
    def get(cls) -> "_Publisher":
        with cls._lock:
            if cls._instance is None:
                cls._instance = cls()
            return cls._instance

    def __init__(self) -> None:
        self.waiting: queue.Queue[Sequence[Event] | None] = queue.Queue(WAITING_MAX)
        self.thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self.thread.start()
        atexit.register(self._finish)

    def put(self, events: Sequence[Event]) -> None:
        try:
            self.waiting.put_nowait(events)
        except queue.Full:
            logger.warning("Redis is slow: a hint was dropped. Hubs will find it in the database.")

    def _finish(self) -> None:
        try:
            self.waiting.put(None, timeout=EXIT_TIMEOUT)
        except queue.Full:
            return
        self.thread.join(EXIT_TIMEOUT)

    def _run(self) -> None:
        # Waits outside the loop: the executor of a loop would be joined before _finish is called,
        # and a command that announced anything would never end.
        with asyncio.Runner() as runner:
            while (events := self.waiting.get()) is not None:
                try:
                    runner.run(asyncio.wait_for(publish(events), PUBLISH_TIMEOUT))
                except Exception:
                    logger.warning("A hint could not be published.", exc_info=True)


async def publish(events: Sequence[Event]) -> None:
    """Send ``events`` through the channel layer, each to its group. Raises what that raises."""
    layer = get_channel_layer()
    send: Callable[..., Any] = layer.group_send
    for group, told in by_group(events).items():
        await send(group, {"type": "hub.events", "origin": "", "events": list(map(_encode, told))})
