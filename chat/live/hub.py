"""The hub: one a server process, between all its sockets, the channel layer and the database.

Its promise (docs/protocol.md): while a socket is open it is sent every change of every room of its
member, in version order, without gaps. The way of a message is told in docs/architecture.md.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone

from chat import broadcast
from chat.broadcast import (
    AccessChanged,
    Event,
    FiltersChanged,
    ModerationChanged,
    Own,
    PresenceChanged,
    Read,
    RoomChanged,
    RoomTold,
    SeatChanged,
    SeatsArranged,
    ThreadSeatChanged,
    Told,
    Typing,
)
from chat.errors import ChatError, Unavailable
from chat.live import admission, frames
from chat.live.admission import Arrival, Credentials, Guest, Shown, Welcome
from chat.live.batches import Batches
from chat.live.commands import carry_out
from chat.live.database import Database
from chat.live.departures import Departures, Outgoing
from chat.live.feed import RoomFeed
from chat.live.limits import OPENINGS, OPENINGS_EACH, SOCKETS_MAX, Allowance, Arrivals, Turns
from chat.live.onlookers import Onlookers
from chat.live.posts import Posts
from chat.live.relay import Relay
from chat.live.repair import Repair
from chat.live.scheduler import LOOK_EVERY, Scheduler
from chat.live.seats import Seats
from chat.live.session import HEARTBEAT, Close, Refusal
from chat.live.socket import Socket
from chat.live.storing import Writer
from chat.live.wheel import Wheel
from chat.live.wire import Wire
from chat.rows import wire_time
from chat.services import reading, screening
from chat.services.members import mark_read_many
from chat.services.posting import BODY_MAX

logger = logging.getLogger(__name__)

CHECK_EVERY = 2.5  # s between two comparisons with the database
CREDENTIALS_EVERY = 3  # comparisons, in which each socket's credentials and silence are looked at
SWEEP_EVERY = 1  # s between two looks at the slow sockets
POSTS_MAX = 1000  # messages, or read positions, in one transaction
GUESTS_MAX = 200  # handshakes looked up at once: a storm is paced, not refused
CREDENTIALS_MAX = 1000  # sockets whose credentials are looked at in one query
ADMISSION_MAX = 50  # s, while the database does not answer; clients give up then as well
DRAIN_COMMANDS = 5  # s that commands under way may still take
DRAIN_CLOSE = 1  # s for the closing frames to leave


class Hub:
    """All sockets of this process, and the live end of every room that one of them is in."""

    def __init__(self) -> None:
        self.id = uuid.uuid4()
        self.database = Database()
        self.writer = Writer(self.database)
        store, store_carefully = self.writer.store, self.writer.store_carefully
        self.posts = Posts(store, store_carefully, self.writer.at_once, POSTS_MAX)
        self.readings = Batches(self.database, mark_read_many, POSTS_MAX)
        self.feeds: dict[int, RoomFeed] = {}
        self.sockets: set[Socket] = set()
        self.sockets_of: dict[int, set[Socket]] = {}
        self.relay = Relay(self._heard_from_others)
        self.seats = Seats(self)
        self.repair = Repair(self)
        self.onlookers = Onlookers(self)
        self.scheduler = Scheduler(self.id, self.database, lambda: self.posts.is_quiet)
        self.is_draining = False
        self._guests = Batches(self.database, admission.identify, GUESTS_MAX)
        self._welcomes: Batches[Arrival, Welcome] = Batches(
            self.database,
            lambda arrivals: admission.welcome(self.onlookers.process, arrivals),
            GUESTS_MAX,
        )
        self._allowances: dict[int, Allowance] = {}
        self._from: dict[str, int] = {}  # how many sockets each address has open
        # One thread is left for what is posted, and for who comes.
        self.turns = Turns(max(1, settings.DATABASE_THREADS - 1))
        self._openings = Arrivals(OPENINGS, OPENINGS_EACH)
        self._loop = asyncio.get_running_loop()
        self._ready: list[Socket] = []  # those with something to write in this turn of the loop
        self._dirty: dict[int, RoomFeed] = {}
        self._is_to_flush = False
        self._departures = Departures(partial(self._fan_out, pass_on=self._write), self._room_left)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._in_turn: Wheel[Socket] = Wheel(CREDENTIALS_EVERY)
        self._slow: set[Socket] = set()

    # --- The life of the hub ------------------------------------------------------------------

    def start(self) -> None:
        """Take what services announce, and begin to look after the sockets."""
        broadcast.attach(self)
        self.relay.start(self.repair.confirmed)
        self.spawn(self.writer.open())
        self.spawn(self._every(CHECK_EVERY, self._check))
        self.spawn(self._every(SWEEP_EVERY, self._sweep))
        self.spawn(self._every(LOOK_EVERY, self.scheduler.look))
        self.onlookers.start()

    async def drain(self) -> None:
        """Let what runs end and its acks leave, close every socket with 4412, leave presence."""
        self.is_draining = True
        await self.scheduler.stop()
        await self._until(lambda: self._is_idle(), DRAIN_COMMANDS)
        for socket in list(self.sockets):
            socket.close(Close.RESTARTING)
        await self._until(lambda: not self.sockets, DRAIN_CLOSE)
        await self.onlookers.stop()
        await self.relay.stop()
        for task in self._tasks:
            task.cancel()
        broadcast.attach(None)
        self.writer.close()
        self.database.close()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run ``work`` beside everything else. What fails is found again by the next comparison."""
        task = asyncio.create_task(self._minding(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _is_idle(self) -> bool:
        if self._ready or self._departures or not self.posts.is_idle:
            return False
        return not any(socket.is_busy for socket in self.sockets)

    @staticmethod
    async def _until(condition: Any, limit: float) -> None:
        """Wait for ``condition``, at most ``limit`` seconds."""
        end = time.monotonic() + limit
        while not condition() and time.monotonic() < end:  # noqa: ASYNC110 - once
            await asyncio.sleep(0.02)

    async def _every(self, seconds: float, work: Any) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._minding(work())

    @staticmethod
    async def _minding(work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except ChatError as error:
            logger.debug("Looking after the sockets was put off: %s", error)
        except Exception:
            logger.exception("Looking after the sockets failed; it is tried again.")

    # --- Sockets come and go ------------------------------------------------------------------

    async def admit(self, wire: Wire, credentials: Credentials, address: str = "") -> Socket | None:
        """Greet whoever holds ``credentials``, or close the wire with the reason and return None.

        Sockets with the same ``address`` are counted together, but those without one.
        The socket joins its rooms first and reads their versions then, so that nothing falls
        between: what comes in the meantime is held, and follows hello.
        """
        try:
            async with asyncio.timeout(ADMISSION_MAX):
                return await self._admit(wire, credentials, address)
        except (Unavailable, TimeoutError):
            wire.close(Close.RESTARTING)
            return None

    async def _admit(self, wire: Wire, credentials: Credentials, address: str) -> Socket | None:
        # Before anything is looked up for it.
        if settings.RATE_LIMITS and self._openings.wait(credentials.shown, address):
            wire.close(Close.TOO_MANY)
            return None
        guest = await self._asking_again(self._guests, credentials)
        close = self._refusal(guest, address)
        if close is not None:
            wire.close(close)
            return None
        socket = self._seat_guest(wire, guest, address)
        try:
            arrival = Arrival(socket.user, uuid.UUID(socket.id))
            welcome = await self._asking_again(self._welcomes, arrival)
            self._greet(socket, guest, welcome)
        except BaseException:
            self.remove(socket)
            raise
        return socket

    def remove(self, socket: Socket) -> None:
        """Forget a socket that has closed."""
        socket.closed = True
        if socket not in self.sockets:
            return
        self.sockets.discard(socket)
        self._in_turn.discard(socket)
        self._slow.discard(socket)
        self._count_off(socket.address)
        self.onlookers.left(socket)
        for room in list(socket.rooms):
            self.seats.give_up(socket, room)
        siblings = self.sockets_of[socket.user]
        siblings.discard(socket)
        if not siblings:
            del self.sockets_of[socket.user]

    def _count_off(self, address: str) -> None:
        if not address:
            return
        self._from[address] -= 1
        if not self._from[address]:
            del self._from[address]

    def received(self, socket: Socket, payload: bytes) -> None:
        """Take a text message of a client."""
        if socket.closed or self.is_draining:
            return
        outcome = socket.session.receive(payload, time.monotonic())
        if isinstance(outcome, Refusal):
            self.refuse(socket, outcome)
        else:
            carry_out(self, socket, outcome)

    def received_binary(self, socket: Socket) -> None:
        """Take a binary message of a client, which is always wrong."""
        if not socket.closed:
            self.refuse(socket, socket.session.receive_binary(time.monotonic()))

    def refuse(self, socket: Socket, refusal: Refusal) -> None:
        """Tell a client that it was refused, and close the socket where that was once too often."""
        socket.send(refusal.text)
        if refusal.close is not None:
            socket.close(refusal.close)

    async def _asking_again(self, batches: Batches[Any, Any], item: Any) -> Any:
        """Ask, and once a second again, until the database answers."""
        while True:
            try:
                return await batches(item)
            except Unavailable:
                await asyncio.sleep(1)

    def _refusal(self, guest: Guest, address: str) -> int | None:
        if self.is_draining:
            return Close.RESTARTING
        if guest.close is not None or guest.user is None:
            return guest.close or Close.SIGN_IN
        if not settings.RATE_LIMITS:
            return None
        if len(self.sockets_of.get(guest.user.pk, ())) >= SOCKETS_MAX:
            return Close.TOO_MANY
        if self._from.get(address, 0) >= settings.SOCKETS_PER_ADDRESS:
            return Close.TOO_MANY
        return None

    def _seat_guest(self, wire: Wire, guest: Guest, address: str) -> Socket:
        assert guest.user is not None
        user = guest.user.pk
        allowance = self._allowances.setdefault(user, Allowance())
        now = time.monotonic()
        socket = Socket(wire, guest.credentials, user, allowance, now, self._slow)
        socket.session.language = guest.language
        socket.stamp, socket.is_guest = guest.stamp, guest.user.is_guest
        socket.address = address
        if address:
            self._from[address] = self._from.get(address, 0) + 1
        self.sockets.add(socket)
        self._in_turn.add(socket)
        self.sockets_of.setdefault(user, set()).add(socket)
        for room in guest.rooms:
            self.seats.take(socket, room)
        return socket

    def _greet(self, socket: Socket, guest: Guest, welcome: Welcome) -> None:
        assert guest.user is not None
        told = [room for room in welcome.rooms if room.id in socket.rooms]
        hello = frames.Hello(
            connection=socket.id,
            epoch=welcome.epoch,
            user={"id": guest.user.pk, "name": guest.user.name},
            server_time=wire_time(timezone.now()),
            heartbeat=HEARTBEAT,
            limits={
                "body": BODY_MAX,
                "frame": frames.FRAME_MAX,
                "changes": reading.CHANGES_MAX,
            },
            rooms=told,
        )
        socket.greet(*frames.greeting(hello))
        for room in told:
            self.seats.release(socket, room)
        self.onlookers.came(socket)
        # Seats that were taken or given up meanwhile.
        differing = guest.rooms ^ {room.id for room in welcome.rooms}
        for room_id in differing | socket.seats_to_look_at:
            if room_id in socket.held:  # never told, so it must be told as joined
                self.seats.give_up(socket, room_id)
            self.spawn(self.seats.look_at(socket.user, room_id))

    # --- Events -------------------------------------------------------------------------------

    def announced(self, events: Sequence[Event]) -> None:
        """Take what this process committed: for its own sockets now, for the others by Redis.

        Called from any thread.
        """
        if self._is_running_here():
            self._announced(events)
        else:
            self._loop.call_soon_threadsafe(self._announced, events)

    def _is_running_here(self) -> bool:
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:  # a thread without any
            return False

    def announce(self, event: Event) -> None:
        """The same, from the event loop."""
        self._announced([event])

    def _announced(self, events: Sequence[Event]) -> None:
        self.relay.publish(events)
        self._heard(events)

    def _heard_from_others(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, RoomChanged) for event in events):
            self.posts.others_wrote()
        self._heard(events)

    def _heard(self, events: Sequence[Event]) -> None:
        """Take events of this process or another."""
        for event in events:
            match event:
                case RoomChanged():
                    self._room_changed(event)
                case Typing():
                    self.onlookers.typing(event)
                case SeatChanged():
                    self.spawn(self.seats.look_at(event.user, event.room))
                case Read():
                    self._read(event)
                case ThreadSeatChanged():
                    self._thread_seat_changed(event)
                case SeatsArranged():
                    self._arranged(event)
                case Own():
                    self._own(event)
                case Told():
                    self._told(event)
                case ModerationChanged():
                    self._moderation_changed(event)
                case RoomTold():
                    self._room_told(event)
                case AccessChanged():
                    self._access_changed(event)
                case PresenceChanged():
                    self.onlookers.presence_changed(event.users)
                case FiltersChanged():
                    screening.forget()
                    self.spawn(self.database(screening.refresh))

    def _told(self, event: Told) -> None:
        for socket in self.sockets_of.get(event.user, ()):
            text = socket.session.spoken(event.texts)
            notice = frames.Notice(event.about, text, event.room, event.until, event.sanction)
            socket.send(frames.encode(notice))

    def _moderation_changed(self, event: ModerationChanged) -> None:
        text = frames.encode(frames.ModerationFrame(event.room))
        for user in event.users:
            for socket in self.sockets_of.get(user, ()):
                if event.room in socket.rooms:
                    socket.send(text)

    def _room_told(self, event: RoomTold) -> None:
        if (feed := self.feeds.get(event.room)) is not None:
            notices = {
                language: frames.encode(frames.Notice(event.about, text, event.room))
                for language, text in event.texts.items()
            }
            for socket in feed.sockets:
                socket.send(socket.session.spoken(notices))

    # --- Changes of rooms ---------------------------------------------------------------------

    def _room_changed(self, event: RoomChanged) -> None:
        feed = self.feeds.get(event.room)
        if feed is None:
            return
        feed.offer(event)
        self.mark(feed)
        if feed.has_gap:
            self.repair.gap_seen(feed)

    def mark(self, feed: RoomFeed) -> None:
        """Have what is ready sent in this turn of the loop, with all else that comes in it."""
        self._dirty[feed.room] = feed
        if feed.room not in self._departures:
            self._flush_soon()

    def forget(self, feed: RoomFeed) -> None:
        """Let go of a room in which nobody sits any more."""
        del self.feeds[feed.room]
        self._dirty.pop(feed.room, None)

    def answer(self, socket: Socket, text: bytes) -> None:
        """Send ``text`` to ``socket``, in one write with what else is ready for it."""
        self._flush_soon()
        self._have_written(socket, frames.websocket_frame(text))

    def _flush_soon(self) -> None:
        if not self._is_to_flush:
            self._is_to_flush = True
            self._loop.call_soon(self.flush)

    def _room_left(self, room: int) -> None:
        if room in self._dirty:
            self._flush_soon()

    def _have_written(self, socket: Socket, framed: bytes) -> None:
        if not socket.ready:
            self._ready.append(socket)
        socket.ready.append(framed)

    def flush(self) -> None:
        """Send what is ready: each room's changes encoded once, each socket's in one write."""
        self._is_to_flush = False
        outgoing = self._frames_ready()
        # What is alone is written as it is; of several rooms, each socket's share is gathered.
        pass_on = self._have_written if len(outgoing) > 1 else self._write
        for frame in outgoing:
            if self._departures.are_due(frame):
                self._departures.begin(frame)
            else:
                self._fan_out(*frame, pass_on)
        ready, self._ready = self._ready, []
        for socket in ready:
            try:
                socket.write_ready()
            except Exception:
                self._cut_off(socket)

    def _frames_ready(self) -> list[Outgoing]:
        """Return the frames of all rooms in which something changed, but for those under way."""
        dirty, self._dirty = self._dirty, {}
        outgoing: list[Outgoing] = []
        for feed in dirty.values():
            if feed.room in self._departures:
                self._dirty[feed.room] = feed
                continue
            try:
                outgoing += self._frames_of(feed)
            except Exception:
                # They count as passed on, so no comparison would find them missing.
                logger.exception("Changes of a room could not be sent; its sockets must sync.")
                self.have_synced(feed)
        return outgoing

    def _frames_of(self, feed: RoomFeed) -> list[Outgoing]:
        events = feed.take()
        for event in events:
            self.seats.mind(feed, event)
            for member in event.members:  # muted, perhaps, in the middle of a word
                self.onlookers.typing(Typing(event.room, member.id, False))
            self._mind_authors(event)
        if not events:
            return []
        return [part for event in frames.merge(events) for part in self._addressed(feed, event)]

    def _addressed(self, feed: RoomFeed, event: RoomChanged) -> list[Outgoing]:
        """Return one frame for all sockets of the room, and others for whom it looks different."""
        apart = [
            (socket, event.seen_by(user))
            for user in event.silent
            for socket in self.sockets_of.get(user, ())
            if socket in feed.sockets
        ]
        if not apart:
            framed = frames.websocket_frame(frames.changes(event))
            return [(event.room, event.to, framed, feed.sockets)]
        others = feed.sockets - {socket for socket, _ in apart}
        return [
            (event.room, event.to, frames.websocket_frame(frames.changes(seen)), sockets)
            for seen, sockets in [(event, others), *((seen, {one}) for one, seen in apart)]
        ]

    def have_synced(self, feed: RoomFeed) -> None:
        """Tell all sockets of a room to ask what they have missed."""
        text = frames.encode(frames.Lagged([feed.room]))
        for socket in feed.sockets:
            socket.send(text)

    def _fan_out(
        self,
        room: int,
        to: int,
        framed: bytes,
        sockets: Collection[Socket],
        pass_on: Callable[[Socket, bytes], None],
    ) -> None:
        """Pass a frame on to each socket that is told of the room and reads what it gets."""
        for socket in sockets:
            # One look at each: here all that a member costs is spent.
            if socket.held and room in socket.held:
                socket.held[room].append((to, framed))
            elif socket.wire.is_behind and socket.is_full():
                socket.lag(room)
            else:
                pass_on(socket, framed)

    def _write(self, socket: Socket, framed: bytes) -> None:
        if socket.ready:
            socket.ready.append(framed)
            return
        try:
            socket.wire.send(framed)
        except Exception:
            self._cut_off(socket)

    @staticmethod
    def _cut_off(socket: Socket) -> None:
        logger.exception("A socket could not be written to.")
        socket.close(Close.TOO_SLOW)

    def _mind_authors(self, event: RoomChanged) -> None:
        """Tell the other sockets of whoever posted that they have read so far."""
        for posted in event.posted:
            sockets = self.sockets_of.get(posted.user, ())
            if any(socket.id != posted.connection for socket in sockets):
                self._read(Read(event.room, posted.user, posted.seq, posted.connection))

    def _read(self, event: Read) -> None:
        frame = frames.ReadFrame(
            event.room, event.seq, event.unread_from, event.unread, event.mentions, event.here
        )
        for socket in self.sockets_of.get(event.user, ()):
            if socket.id != event.connection and event.room in socket.rooms:
                socket.send(frames.encode(frame))

    def _thread_seat_changed(self, event: ThreadSeatChanged) -> None:
        frame = frames.ThreadFrame(event.room, event.thread, event.read_seq, event.following)
        for socket in self.sockets_of.get(event.user, ()):
            if event.room in socket.rooms:
                socket.send(frames.encode(frame))

    def _arranged(self, event: SeatsArranged) -> None:
        for socket in self.sockets_of.get(event.user, ()):
            socket.send(frames.seats(event.json))

    def _own(self, event: Own) -> None:
        text = frames.own(event.kind, event.row)
        for socket in self.sockets_of.get(event.user, ()):
            socket.send(text)

    def _access_changed(self, event: AccessChanged) -> None:
        sockets = [s for user in event.users for s in self.sockets_of.get(user, ())]
        if sockets:
            self.spawn(self._look_at_credentials(sockets))

    # --- Looking after the sockets ------------------------------------------------------------

    async def _check(self) -> None:
        """Close silent sockets; compare rooms, seats and credentials with the database."""
        self._allowances = {
            user: allowance
            for user, allowance in self._allowances.items()
            if user in self.sockets_of
        }
        if not self.sockets:
            return
        due, now = self._in_turn.turn(), time.monotonic()
        for socket in due:
            if socket.session.is_silent(now):
                socket.close(Close.SILENT)
        await self.repair.compare(list(self.feeds))
        await self.seats.compare()
        await self.database(screening.refresh)
        await self._look_at_credentials(due)

    async def _look_at_credentials(self, sockets: list[Socket]) -> None:
        """Close sockets whose session ended, or whose member may not be here any more."""
        for start in range(0, len(sockets), CREDENTIALS_MAX):
            some = sockets[start : start + CREDENTIALS_MAX]
            shown = [
                Shown(socket.credentials.session, socket.user, socket.stamp)
                for socket in some
                if socket.stamp
            ]
            changed = await self.database(admission.sessions_changed, shown)
            await self._identify_again(
                [s for s in some if not s.stamp or s.credentials.session in changed]
            )

    async def _identify_again(self, sockets: list[Socket]) -> None:
        if not sockets:
            return
        shown = [socket.credentials for socket in sockets]
        guests = await self.database(admission.identify, shown)
        for socket, guest in zip(sockets, guests, strict=True):
            if guest.close is not None:
                socket.close(guest.close)
            elif guest.user is None or guest.user.pk != socket.user:
                socket.close(Close.SIGN_IN)  # the session has become somebody else's
            else:
                socket.session.language = guest.language
                socket.stamp, socket.is_guest = guest.stamp, guest.user.is_guest

    async def _sweep(self) -> None:
        now = time.monotonic()
        for socket in list(self._slow):
            if socket.is_too_slow(now):
                socket.close(Close.TOO_SLOW)


_hub: Hub | None = None


def current_hub() -> Hub:
    """Return the hub of this process, started on first use. Call it on the event loop."""
    global _hub
    if _hub is None:
        _hub = Hub()
        _hub.start()
    return _hub
