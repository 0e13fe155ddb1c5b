"""What passes: typing and presence, told to the sockets that have a room in focus."""

import asyncio
import logging
import time
import uuid
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from chat.broadcast import PresenceChanged, Typing
from chat.errors import ChatError
from chat.live import frames
from chat.live.feed import RoomFeed
from chat.live.presence import Roster
from chat.live.typists import Typists
from chat.services import presence, reading

if TYPE_CHECKING:
    from chat.live.hub import Hub
    from chat.live.socket import Socket

logger = logging.getLogger(__name__)

TICK = 1  # s between two tellings of presence, and two writes of it
BEATS = 5  # ticks between two beats of the process, and two readings of everybody's presence


class Onlookers:
    """Keeps presence and typing of one process, for its hub."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._roster = Roster()
        self._typists: dict[int, Typists] = {}
        self._to_read: set[int] = set()
        self._ticks = 0
        self._task: asyncio.Task[None] | None = None
        self._host, self._pid = "", 0
        self.process = uuid.uuid4()

    def start(self, pid: int, host: str) -> None:
        """Begin to beat, to write and to tell."""
        self._pid, self._host = pid, host
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take this process and its sockets out of everybody's sight."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self._hub.database(presence.leave, self.process)
        except ChatError:
            return  # it no longer beats, which says the same a little later

    # --- What sockets do ----------------------------------------------------------------------

    def came(self, socket: "Socket", stored: bool) -> None:
        """Count a new socket as present; ``stored`` when its row is in the database already."""
        self._roster.seen(socket.user, UUID(socket.id), socket.visible, time.monotonic())
        if stored:
            self._roster.opened.pop(UUID(socket.id), None)
            self._hub.relay.publish([PresenceChanged([socket.user])])

    def left(self, socket: "Socket") -> None:
        """Count a closed socket off, and what it was typing."""
        self._roster.gone(socket.user, UUID(socket.id), time.monotonic())
        if socket.typing is not None:
            self._hub.announce(Typing(socket.typing, socket.user, False))

    def turned(self, socket: "Socket", visible: bool) -> None:
        """Note whether the page is before the member's eyes."""
        socket.visible = visible
        self._roster.seen(socket.user, UUID(socket.id), visible, time.monotonic())

    async def focused(self, socket: "Socket", feed: RoomFeed) -> None:
        """Tell a socket who types and who is there in the room it turned to; more follows."""
        if feed.members is None:
            members = await self._hub.database(reading.member_ids, feed.room)
            if feed.members is None:
                feed.members = members
        await self._read_about(feed.members)
        if socket.focus != feed.room or feed.room not in socket.rooms:
            return  # it has turned elsewhere meanwhile
        now = time.monotonic()
        self._tell_presence()
        feed.focused.add(socket)
        typists = self._typists.get(feed.room)
        users = typists.now(now) if typists else []
        self._send_typing([socket], feed.room, users)
        online, away = self._roster.told(feed.members)
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

    async def _run(self) -> None:
        while True:
            try:
                await self._tick()
            except ChatError as error:
                logger.debug("Presence was put off: %s", error)
            except Exception:
                logger.exception("Presence failed; it is tried again.")
            await asyncio.sleep(TICK)

    async def _tick(self) -> None:
        for room in list(self._typists):
            self._tell_typing(room)
        self._tell_presence()
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
        difference = self._roster.differences(time.monotonic())
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

    async def _write(self) -> None:
        """Beat, and write which sockets came and went since the last time."""
        database = self._hub.database
        if self._ticks % BEATS == 0 and not await database(presence.beat, self.process):
            await self._enter()
        roster = self._roster
        if not roster.opened and not roster.closed:
            return
        opened, closed = roster.opened, roster.closed
        roster.opened, roster.closed = {}, {}
        try:
            if not await database(presence.store, self.process, opened, list(closed)):
                await self._enter()
        except BaseException:
            roster.opened = {
                key: value for key, value in opened.items() if key not in roster.closed
            } | roster.opened
            roster.closed = closed | roster.closed
            raise
        users = {user for user, _ in opened.values()} | set(closed.values())
        self._hub.relay.publish([PresenceChanged(sorted(users))])

    async def _enter(self) -> None:
        """Make the process known, under a new name if its old row was removed, with its sockets."""
        self.process = uuid.uuid4()
        await self._hub.database(presence.enter, self.process, self._host, self._pid)
        await self._hub.database(presence.store, self.process, self._roster.local_sockets(), [])

    async def _read(self) -> None:
        """Read what other processes wrote: of whom they told, and now and then of everybody."""
        users = None if self._ticks % BEATS == 0 else self._to_read
        if users is not None and not users:
            return
        self._to_read = set()
        await self._read_about(users)

    async def _read_about(self, users: Collection[int] | None) -> None:
        found = await self._hub.database(presence.seen_elsewhere, self.process, users)
        self._roster.heard(found, users, time.monotonic())
