"""What passes: typing and presence, told to the sockets that have a room in focus."""

import asyncio
import logging
import os
import socket as network
import time
import uuid
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from chat.broadcast import PresenceChanged, Typing
from chat.errors import ChatError
from chat.live import frames
from chat.live.feed import RoomFeed
from chat.live.presence import Roster
from chat.live.typists import Typists
from chat.services import presence, reading
from chat.services.presence import Process

if TYPE_CHECKING:
    from chat.live.hub import Hub
    from chat.live.socket import Socket

logger = logging.getLogger(__name__)

PRESENCE_PAUSE = 1  # s at least between two tellings of presence
TICK = 1  # s between two tellings of presence, and two writes of it
TIDY = 60  # ticks between two removals of rows that no socket stands behind
BEATS = 5  # ticks between two beats of the process, and two readings of everybody's presence


class Onlookers:
    """Keeps presence and typing of one process, for its hub."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._roster = Roster()
        self._typists: dict[int, Typists] = {}
        self._to_read: set[int] = set()
        self._ticks = 0
        self._told_at = float("-inf")
        self._tasks: list[asyncio.Task[None]] = []
        self.process = Process(uuid.uuid4(), network.gethostname(), os.getpid())

    def start(self) -> None:
        """Begin to beat, to write and to tell."""
        self._tasks = [
            asyncio.create_task(self._every_tick(self._tell)),
            asyncio.create_task(self._every_tick(self._keep)),
        ]

    async def stop(self) -> None:
        """Take this process and its sockets out of everybody's sight."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self._hub.database(presence.leave, self.process.id)
        except ChatError:
            return  # it no longer beats, which says the same a little later

    # --- What sockets do ----------------------------------------------------------------------

    def came(self, socket: "Socket") -> None:
        """Count a new socket as present. Its row was written before it was greeted."""
        self._roster.seen(socket.user, UUID(socket.id), socket.visible, time.monotonic())
        self._roster.opened.pop(UUID(socket.id), None)
        self._hub.relay.publish([PresenceChanged([socket.user])])

    def left(self, socket: "Socket") -> None:
        """Count a closed socket off, and what it was typing."""
        self._roster.gone(socket.user, UUID(socket.id), time.monotonic())
        if socket.typing is not None:
            self._hub.announce(Typing(socket.typing, socket.user, False))

    async def turned(self, socket: "Socket", visible: bool) -> None:
        """Note, where all processes can read it, whether the page is before the member's eyes."""
        if visible != socket.visible:
            socket.visible = visible
            self._roster.seen(socket.user, UUID(socket.id), visible, time.monotonic())
            await self._write()

    async def focused(self, socket: "Socket", feed: RoomFeed) -> None:
        """Tell a socket who types and who is there in the room it turned to; more follows."""
        while feed.members is None:
            version = feed.version
            members = await self._hub.database(reading.member_ids, feed.room)
            if feed.version == version:  # otherwise somebody may have come or gone meanwhile
                feed.members = members
        if not feed.focused:  # or what is known of them is kept up to date for who looks on
            await self._read_about(feed.members)
        if socket.focus != feed.room or feed.room not in socket.rooms:
            return  # it has turned elsewhere meanwhile
        now = time.monotonic()
        self._tell_presence()  # to those who look on already, if it is time
        feed.focused.add(socket)
        typists = self._typists.get(feed.room)
        users = typists.now(now) if typists else []
        self._send_typing([socket], feed.room, users)
        online, away = self._roster.show(feed.members)
        socket.send(frames.encode(frames.PresenceFrame(online, away, [])))

    # --- What other processes say -------------------------------------------------------------

    def typing(self, event: Typing) -> None:
        """Note that someone types or ceased to."""
        typists = self._typists.get(event.room)
        if typists is None:
            if event.room not in self._hub.feeds or not event.on:
                return
            typists = self._typists[event.room] = Typists()
        typists.note(event.user, event.on, time.monotonic())
        self._tell_typing(event.room)

    def presence_changed(self, users: Iterable[int]) -> None:
        """Read the presence of these members at the next tick."""
        self._to_read.update(users)

    # --- Telling ------------------------------------------------------------------------------

    async def _every_tick(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except ChatError as error:
                logger.debug("Presence was put off: %s", error)
            except Exception:
                logger.exception("Presence failed; it is tried again.")
            await asyncio.sleep(TICK)

    async def _tell(self) -> None:
        """Tell what is due. It waits for nothing: typing expires also while a database does not."""
        for room in list(self._typists):
            self._tell_typing(room)
        self._tell_presence()

    async def _keep(self) -> None:
        """Keep the database and this process of one mind about who is here."""
        await self._beat()
        await self._write()
        await self._read()
        self._ticks += 1

    def _tell_typing(self, room: int) -> None:
        typists = self._typists[room]
        feed = self._hub.feeds.get(room)
        users = typists.news(time.monotonic())
        if users is not None and feed is not None:
            self._send_typing(feed.focused, room, users)
        if typists.is_quiet or feed is None:
            del self._typists[room]

    def _send_typing(self, sockets: Iterable["Socket"], room: int, users: list[int]) -> None:
        shared = frames.encode(frames.TypingFrame(room, users))
        for socket in sockets:
            if socket.user in users:
                others = [user for user in users if user != socket.user]
                socket.send(frames.encode(frames.TypingFrame(room, others)))
            else:
                socket.send(shared)

    def _tell_presence(self) -> None:
        now = time.monotonic()
        if now - self._told_at < PRESENCE_PAUSE:
            return
        self._told_at = now
        difference = self._roster.differences(now)
        if not any(difference):
            return
        for feed in self._hub.feeds.values():
            if not feed.focused:
                continue
            online, away, offline = difference.among(feed.members or ())
            if online or away or offline:
                text = frames.encode(frames.PresenceFrame(online, away, offline))
                for socket in feed.focused:
                    socket.send(text)

    # --- The database -------------------------------------------------------------------------

    async def _beat(self) -> None:
        """Say that this process lives, and put right what others have been told of its sockets."""
        database, roster = self._hub.database, self._roster
        if self._ticks % BEATS == 0 and not await database(presence.beat, self.process):
            # It was taken for gone, and its sockets' rows with it.
            roster.opened |= roster.local_sockets()
        if self._ticks % TIDY == TIDY - 1:
            await database(presence.tidy, self.process.id, list(roster.local_sockets()))

    async def _write(self) -> None:
        """Write which sockets came and went since the last time."""
        database, roster = self._hub.database, self._roster
        if not roster.opened and not roster.closed:
            return
        opened, closed = roster.opened, roster.closed
        roster.opened, roster.closed = {}, {}
        try:
            await database(presence.store, self.process, opened, list(closed))
        except BaseException:
            roster.opened = {
                key: value for key, value in opened.items() if key not in roster.closed
            } | roster.opened
            roster.closed = closed | roster.closed
            raise
        users = {user for user, _ in opened.values()} | set(closed.values())
        self._hub.relay.publish([PresenceChanged(sorted(users))])

    async def _read(self) -> None:
        """Read what other processes wrote: of whom they told, and now and then of everybody."""
        users = None if self._ticks % BEATS == 0 else self._to_read
        if users is not None and not users:
            return
        self._to_read = set()
        await self._read_about(users)

    async def _read_about(self, users: Collection[int] | None) -> None:
        found = await self._hub.database(presence.seen_elsewhere, self.process.id, users)
        self._roster.heard(found, users, time.monotonic())
