"""The client's rule of the protocol, without I/O.

A `ClientState` takes what came from a socket and the time, and collects what should be written.
It never sleeps, never reads a clock and knows no socket, so generated histories can be driven
through it a thousand times a second. `Client` in client.py is the thin shell around it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.faults.history import Row, Seen

HOLD = 0.3  # s a frame ahead of its turn is held for the missing one
SYNC_PATIENCE = 8.0  # s until an unanswered sync is asked again
SEND_PATIENCE = 10.0  # s until an unanswered send is repeated
RETRY_FIRST = 0.25  # s, then doubled, after `unavailable`
RETRY_MOST = 4.0  # s
BACK_OFF_FIRST = 0.5  # s until the first reconnect, then doubled
BACK_OFF_MOST = 20.0  # s
RESTART_SPREAD = 3.0  # s over which clients return after 4412
FINAL_CODES = frozenset({4401, 4403})
RETRIED_REFUSALS = frozenset({"unavailable", "rate_limited", "slow_mode"})

Frame = dict[str, Any]


class Observer(Protocol):
    """Whoever writes the history. Every method is told the time by the caller."""

    def greeted(self, epoch: str, rooms: dict[int, int], now: float) -> None: ...
    def arrived(self, frame: Frame, live: bool, now: float) -> None: ...
    def passed(self, room: int, what: str, now: float) -> None: ...
    def room_told(self, room: int, version: int | None, now: float) -> None: ...
    def lagged(self, rooms: list[int], now: float) -> None: ...
    def started(self, room: RoomState, why: str, now: float) -> None: ...
    def applied(self, room: RoomState, start: int, rows: list[Seen], now: float) -> None: ...
    def forgot(self, room: RoomState, now: float) -> None: ...
    def answered(self, send: Pending, frame: Frame, now: float) -> None: ...
    def refused(self, send: Pending, frame: Frame, now: float) -> None: ...
    def command_ended(self, ref: int, frame: Frame, now: float) -> None: ...


def rows_of(frame: Frame) -> list[Seen]:
    """The rows of a `changes` frame, in the order of the frame."""
    rows = [Seen("message", row["id"], row["version"], row) for row in frame["messages"]]
    rows += [Seen("member", row["user"], row["version"], row) for row in frame["members"]]
    if frame["info"] is not None:
        rows.append(Seen("info", frame["room"], frame["info"]["version"], frame["info"]))
    return rows


@dataclass
class RoomState:
    """What one client knows of one room. Complete for every version after `base`."""

    id: int
    run: int
    base: int
    local: int
    messages: dict[int, Row] = field(default_factory=dict)
    members: dict[int, Row] = field(default_factory=dict)
    info: Row | None = None
    held: list[Frame] = field(default_factory=list)
    held_since: float | None = None
    sync_pause: float = RETRY_FIRST

    def apply(self, frame: Frame) -> list[Seen] | None:
        """Take a frame that fits (from ≤ local < to). None when it is old or ahead.

        Returns the rows that were newer than those held."""
        if not frame["from"] <= self.local < frame["to"]:
            return None
        taken = [seen for seen in rows_of(frame) if self._take(seen)]
        self.local = frame["to"]
        return taken

    def reset(self, frame: Frame) -> list[Seen]:
        """Forget the cached messages and begin again with a reset frame."""
        self.messages.clear()
        self.members.clear()
        self.base = self.local = frame["to"]
        self.held = [held for held in self.held if held["to"] > self.local]
        return [seen for seen in rows_of(frame) if self._take(seen)]

    def _take(self, seen: Seen) -> bool:
        if seen.kind == "info":
            if self.info is not None and self.info["version"] >= seen.version:
                return False
            self.info = seen.row
            return True
        store = self.messages if seen.kind == "message" else self.members
        held = store.get(seen.key)
        if held is not None and held["version"] >= seen.version:
            return False
        store[seen.key] = seen.row
        return True


@dataclass
class Pending:
    """One message in the outbox."""

    room: int
    client_id: str
    body: str
    fields: Frame = field(default_factory=dict)
    ref: int | None = None  # of the try that is under way
    asked_at: float = 0.0
    tries: int = 0
    not_before: float = 0.0


@dataclass
class Sync:
    """A sync under way: which run of which room it was asked for."""

    room: int
    run: int
    asked_at: float


class Outbox:
    """Sends in order, one under way a room, each kept until it is acked or refused."""

    def __init__(self) -> None:
        self.queues: dict[int, list[Pending]] = {}
        self.under_way: dict[int, Pending] = {}

    def __len__(self) -> int:
        return sum(map(len, self.queues.values()))

    def add(self, send: Pending) -> None:
        """Queue behind what the room already waits for."""
        self.queues.setdefault(send.room, []).append(send)

    def due(self, now: float) -> Iterable[Pending]:
        """The head of each room's queue, when it may be tried (again)."""
        for queue in self.queues.values():
            if not queue:
                continue
            head = queue[0]
            if head.ref is not None and now - head.asked_at >= SEND_PATIENCE:
                self.give_up_try(head)
            if head.ref is None and head.not_before <= now:
                yield head

    def began(self, send: Pending, ref: int, now: float) -> None:
        """A try was written."""
        send.ref, send.asked_at, send.tries = ref, now, send.tries + 1
        self.under_way[ref] = send

    def give_up_try(self, send: Pending) -> None:
        """This try gets no answer any more; the message stays."""
        if send.ref is not None:
            self.under_way.pop(send.ref, None)
        send.ref = None

    def later(self, send: Pending, now: float, retry_after: float | None) -> None:
        """Try again after what the server said, or after a doubling pause."""
        self.give_up_try(send)
        pause = min(RETRY_FIRST * 2 ** (send.tries - 1), RETRY_MOST)
        send.not_before = now + (retry_after if retry_after is not None else pause)

    def done(self, send: Pending) -> None:
        """Acked or refused for good."""
        self.give_up_try(send)
        self.queues[send.room].remove(send)

    def lost_socket(self) -> None:
        """Whatever was under way is tried again on the next socket, in order, at once."""
        for send in list(self.under_way.values()):
            self.give_up_try(send)
            send.not_before = 0.0

    def next_time(self) -> float | None:
        """When `due` has something again."""
        times = [
            queue[0].asked_at + SEND_PATIENCE if queue[0].ref is not None else queue[0].not_before
            for queue in self.queues.values()
            if queue
        ]
        return min(times, default=None)


class ClientState:
    """One client, from its first hello to its last frame, over all its sockets.

    `cold` says what to do with a room met in hello for the first time: sync it from version 0
    (a browser without a cache), or start from the version in hello (a page just rendered)."""

    def __init__(self, observer: Observer, *, cold: bool = True) -> None:
        self.observer = observer
        self.cold = cold
        self.epoch: str | None = None
        self.user: int | None = None
        self.heartbeat = 25.0
        self.rooms: dict[int, RoomState] = {}
        self.outbox = Outbox()
        self.output: list[Frame] = []
        self.greeted = False
        self.stopped = False
        self.failures = 0
        self._runs = 0
        self._refs = 0
        self._syncs: dict[tuple[int, int], Sync] = {}
        self._resync: dict[int, float] = {}
        self._commands: set[int] = set()
        self._last_heard = 0.0
        self._last_said = 0.0

    # --- what the shell tells

    def opened(self, now: float) -> None:
        """A socket is open; hello has not come yet."""
        self.greeted = False
        self._last_heard = self._last_said = now

    def received(self, frame: Frame | list[Frame], now: float) -> None:
        """Handle a frame, or an array of them in order."""
        self._last_heard = now
        for part in frame if isinstance(frame, list) else [frame]:
            handler = getattr(self, f"_on_{part.get('type')}", None)
            if handler is not None:
                handler(part, now)
        self.tick(now)

    def closed(self, code: int, now: float) -> None:
        """The socket is gone, or never opened: what was under way on it is asked again later."""
        if not self.greeted:
            self.failures += 1
        self.greeted = False
        self.output.clear()
        self._syncs.clear()
        self._resync.clear()
        self._commands.clear()
        self.outbox.lost_socket()
        for room in self.rooms.values():
            room.held.clear()
            room.held_since = None
        if code in FINAL_CODES:
            self.stopped = True

    def tick(self, now: float) -> None:
        """Do what is due: holds that ran out, repeated syncs and sends, the heartbeat."""
        if not self.greeted:
            return
        for room in self.rooms.values():
            if room.held_since is not None and now - room.held_since >= HOLD:
                room.held_since = now
                self._sync([room], now)
        for key, sync in list(self._syncs.items()):
            if now - sync.asked_at >= SYNC_PATIENCE:
                del self._syncs[key]
                self._sync_again(sync.room, sync.run, now)
        self._sync([self.rooms[n] for n, due in self._resync.items() if due <= now], now)
        for send in list(self.outbox.due(now)):
            self._write_send(send, now)
        if now - self._last_said >= self.heartbeat:
            self._say({"type": "ping"}, now)

    def dead(self, now: float) -> bool:
        """Nothing was heard for twice the heartbeat: drop the socket and reconnect."""
        return now - self._last_heard >= 2 * self.heartbeat

    def next_time(self) -> float:
        """When `tick` (or `dead`) next has something to do."""
        times = [self._last_heard + 2 * self.heartbeat]
        if self.greeted:
            times.append(self._last_said + self.heartbeat)
            times += [r.held_since + HOLD for r in self.rooms.values() if r.held_since is not None]
            times += [sync.asked_at + SYNC_PATIENCE for sync in self._syncs.values()]
            times += self._resync.values()
            send_time = self.outbox.next_time()
            if send_time is not None:
                times.append(send_time)
        return min(times)

    def back_off(self, code: int, chance: random.Random) -> float:
        """Seconds to wait before the next handshake."""
        if code == 4412:
            return chance.uniform(0, RESTART_SPREAD)
        ceiling = min(BACK_OFF_FIRST * 2**self.failures, BACK_OFF_MOST)
        return chance.uniform(ceiling / 2, ceiling)

    # --- what a person does

    def send(self, room: int, client_id: str, body: str, now: float, **fields: Any) -> Pending:
        """Put a message in the outbox; it leaves now or when it can."""
        pending = Pending(room, client_id, body, fields)
        self.outbox.add(pending)
        self.tick(now)
        return pending

    def command(self, frame: Frame, now: float) -> int | None:
        """Write an edit, deletion, reaction …, tried once. Its ref; None while not connected."""
        if not self.greeted:
            return None
        ref = self._next_ref()
        self._commands.add(ref)
        self._say({**frame, "ref": ref}, now)
        return ref

    def remember(self, room: int, version: int, now: float) -> None:
        """Have kept a cache of a room up to that version, as a browser does over a night."""
        self._start(room, version, "cache", now)

    def take_output(self) -> list[Frame]:
        """The frames to write, in order; they are the caller's from now on."""
        output, self.output = self.output, []
        return output

    def behind(self) -> bool:
        """Whether a gap is held or a sync under way."""
        return bool(self._syncs or self._resync) or any(r.held for r in self.rooms.values())

    # --- frames

    def _on_hello(self, frame: Frame, now: float) -> None:
        versions = {room["id"]: room["version"] for room in frame["rooms"]}
        self.observer.greeted(frame["epoch"], versions, now)
        self.greeted, self.failures = True, 0
        self.user = frame["user"]["id"]
        self.heartbeat = frame["heartbeat"]
        if self.epoch not in (None, frame["epoch"]):
            for room in list(self.rooms.values()):
                self._forget(room, now)
        self.epoch = frame["epoch"]
        for room in [r for r in self.rooms.values() if r.id not in versions]:
            self._forget(room, now)
        for number, version in versions.items():
            if number not in self.rooms:
                self._start(number, 0 if self.cold else version, "hello", now)
        behind = [
            self.rooms[n] for n, version in versions.items() if self.rooms[n].local != version
        ]
        self._sync(behind, now)

    def _on_changes(self, frame: Frame, now: float) -> None:
        sync = self._syncs.pop((frame["ref"], frame["room"]), None) if frame["ref"] else None
        self.observer.arrived(frame, frame["ref"] is None, now)
        room = self.rooms.get(frame["room"])
        if room is None or (frame["ref"] and (sync is None or sync.run != room.run)):
            return
        self._resync.pop(room.id, None)
        room.sync_pause = RETRY_FIRST
        if frame["reset"]:
            self._reset(room, frame, now)
        elif frame["from"] > room.local:
            room.held.append(frame)
        else:
            self._apply(room, frame, now)
        self._release_held(room, now)
        if frame["more"]:
            self._sync([room], now)

    def _on_lagged(self, frame: Frame, now: float) -> None:
        self.observer.lagged(frame["rooms"], now)
        self._sync([self.rooms[n] for n in frame["rooms"] if n in self.rooms], now)

    def _on_room(self, frame: Frame, now: float) -> None:
        if "left" in frame:
            self.observer.room_told(frame["left"], None, now)
            if frame["left"] in self.rooms:
                self._forget(self.rooms[frame["left"]], now)
            return
        joined = frame["joined"]
        self.observer.room_told(joined["id"], joined["version"], now)
        if joined["id"] in self.rooms:
            self._forget(self.rooms[joined["id"]], now)
        self._start(joined["id"], joined["version"], "joined", now)

    def _on_typing(self, frame: Frame, now: float) -> None:
        self.observer.passed(frame["room"], "typing", now)

    def _on_read(self, frame: Frame, now: float) -> None:
        self.observer.passed(frame["room"], "read", now)

    def _on_ack(self, frame: Frame, now: float) -> None:
        send = self.outbox.under_way.get(frame["ref"])
        if send is not None:
            self.outbox.done(send)
            self.observer.answered(send, frame, now)
        elif frame["ref"] in self._commands:
            self._commands.discard(frame["ref"])
            self.observer.command_ended(frame["ref"], frame, now)

    def _on_error(self, frame: Frame, now: float) -> None:
        ref = frame["ref"]
        send = self.outbox.under_way.get(ref)
        if send is not None:
            self._send_refused(send, frame, now)
        elif ref in self._commands:
            self._commands.discard(ref)
            self.observer.command_ended(ref, frame, now)
        else:
            self._sync_refused(frame, now)

    # --- sends

    def _write_send(self, send: Pending, now: float) -> None:
        ref = self._next_ref()
        self.outbox.began(send, ref, now)
        frame = {"type": "send", "ref": ref, "room": send.room, "client_id": send.client_id}
        self._say({**frame, "body": send.body, **send.fields}, now)

    def _send_refused(self, send: Pending, frame: Frame, now: float) -> None:
        if frame["code"] in RETRIED_REFUSALS:
            self.outbox.later(send, now, frame.get("retry_after"))
        else:
            self.outbox.done(send)
            self.observer.refused(send, frame, now)

    # --- rooms

    def _start(self, number: int, base: int, why: str, now: float) -> None:
        self._runs += 1
        room = self.rooms[number] = RoomState(number, self._runs, base, base)
        self.observer.started(room, why, now)

    def _forget(self, room: RoomState, now: float) -> None:
        del self.rooms[room.id]
        self._resync.pop(room.id, None)
        self.observer.forgot(room, now)

    def _apply(self, room: RoomState, frame: Frame, now: float) -> None:
        start = room.local
        rows = room.apply(frame)
        if rows is not None:
            self.observer.applied(room, start, rows, now)

    def _reset(self, room: RoomState, frame: Frame, now: float) -> None:
        self._runs += 1
        room.run = self._runs
        rows = room.reset(frame)
        self.observer.started(room, "reset", now)
        self.observer.applied(room, room.base, rows, now)

    def _release_held(self, room: RoomState, now: float) -> None:
        """Apply what fits of the held frames; what is left waits on from its own beginning."""
        fitting = True
        while fitting:
            fitting = [f for f in room.held if f["from"] <= room.local]
            room.held = [f for f in room.held if f["from"] > room.local]
            for frame in sorted(fitting, key=lambda f: f["from"]):
                self._apply(room, frame, now)
        if not room.held:
            room.held_since = None
        elif room.held_since is None:
            room.held_since = now

    # --- sync

    def _sync(self, rooms: list[RoomState], now: float) -> None:
        """Ask for what is missing in these rooms, unless that is under way already."""
        asked = {sync.room for sync in self._syncs.values() if sync.run == self._run_of(sync.room)}
        rooms = [room for room in rooms if room.id not in asked]
        if not rooms:
            return
        ref = self._next_ref()
        for room in rooms:
            self._resync.pop(room.id, None)
            self._syncs[ref, room.id] = Sync(room.id, room.run, now)
        self._say(
            {"type": "sync", "ref": ref, "rooms": {str(room.id): room.local for room in rooms}}, now
        )

    def _run_of(self, number: int) -> int | None:
        room = self.rooms.get(number)
        return room.run if room else None

    def _sync_again(self, number: int, run: int, now: float) -> None:
        if self._run_of(number) == run:
            self._sync([self.rooms[number]], now)

    def _sync_refused(self, frame: Frame, now: float) -> None:
        """A sync refused for one room, or (without a room) for all it named."""
        named = [key for key in self._syncs if key[0] == frame["ref"]]
        if frame.get("room") is not None:
            named = [key for key in named if key[1] == frame["room"]]
        for key in named:
            sync = self._syncs.pop(key)
            room = self.rooms.get(sync.room)
            if room is None or room.run != sync.run:
                continue
            if frame["code"] in RETRIED_REFUSALS:
                self._sync_later(room, frame.get("retry_after"), now)
            else:
                self._forget(room, now)

    def _sync_later(self, room: RoomState, retry_after: float | None, now: float) -> None:
        self._resync[room.id] = now + (room.sync_pause if retry_after is None else retry_after)
        room.sync_pause = min(2 * room.sync_pause, RETRY_MOST)

    def _next_ref(self) -> int:
        self._refs += 1
        return self._refs

    def _say(self, frame: Frame, now: float) -> None:
        self._last_said = now
        self.output.append(frame)
