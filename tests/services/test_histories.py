"""Whatever happens, and however it arrives: a snapshot and what changed since are the present.

The clients here run the client's rule as the proof of delivery does (tests/faults).
"""

import json
import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.broadcast import RoomChanged
from chat.live import frames
from chat.live.feed import RoomFeed
from chat.services import reading
from tests.faults.client_state import HOLD, ClientState, Frame, RoomState
from tests.services.histories import VERBS, Snapshot, World, room_now, snapshot, steps

pytestmark = pytest.mark.django_db

quickly = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
chances = st.randoms(use_true_random=False)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    """Short histories, that need several pages all the same, and sometimes a new beginning."""
    monkeypatch.setattr(reading, "CHANGES_MAX", 6)
    monkeypatch.setattr(reading, "BEHIND_MAX", 20)


def frame_of(changes: reading.Changes, ref: int | None = None) -> Frame:
    return json.loads(
        frames.changes(changes.event, more=changes.more, reset=changes.reset, ref=ref)
    )


def client_at(room: int, start: Snapshot) -> RoomState:
    return RoomState(
        room,
        run=1,
        base=start.version,
        local=start.version,
        messages=dict(start.messages),
        members=dict(start.members),
        info=start.info,
    )


def present(members: dict[int, dict]) -> dict[int, dict]:
    return {user: row for user, row in members.items() if row["role"] is not None}


def assert_is(client: RoomState, now: Snapshot, *, was_reset: bool = False) -> None:
    assert client.local == now.version
    assert client.messages == now.messages
    assert client.info == now.info
    # Who begins anew is not told of those who had left before.
    assert present(client.members) == present(now.members)
    if not was_reset:
        # The new name of one who has left is no change of the room.
        assert {user: row["version"] for user, row in client.members.items()} == {
            user: row["version"] for user, row in now.members.items()
        }


@quickly
@given(steps)
def test_a_snapshot_and_what_changed_since_are_a_fresh_snapshot_from_every_version(history):
    world = World(remembers=True)
    for step in history:
        world.take(step)
    for room, earlier in world.snapshots.items():
        now = snapshot(room)
        assert earlier[-1] == now
        for start in earlier:
            client, was_reset = client_at(room, start), False
            for frame in sync(room, start.version):
                if frame["reset"]:
                    was_reset = True
                    client.reset(frame)
                else:
                    assert frame["from"] == client.local
                    client.apply(frame)
            assert_is(client, now, was_reset=was_reset)


def sync(room: int, since: int) -> Iterator[Frame]:
    """The pages from ``since`` to the present."""
    more = True
    while more:
        page = reading.changes_in(room_now(room), since)
        yield frame_of(page)
        since, more = page.event.to, page.more


class Courier:
    """Carries what is announced of one room to a feed, badly, and what the feed passes to a client.

    The client sees each version once and in order, or this fails.
    """

    def __init__(self, world: World, room: int, chance: random.Random) -> None:
        self.room, self.chance = room, chance
        [start] = world.snapshots[room]
        self.client = client_at(room, start)
        self.feed = RoomFeed(room)
        self.bag: list[RoomChanged] = []
        # The version may become known only after some events came.
        self.known_after = chance.randrange(3)
        self.start = start.version

    def turn(self, told: list[RoomChanged]) -> None:
        """Something happened: carry some of what is in the bag, in any order."""
        for event in told:
            self.bag += [event] * self.chance.choice([0, 1, 1, 1, 2])
        self.chance.shuffle(self.bag)
        for _ in range(self.chance.randrange(len(self.bag) + 1)):
            self.feed.offer(self.bag.pop())
        if self.known_after == 0:
            self.feed.start(self.start)
        self.known_after -= 1
        if self.feed.has_gap and self.chance.random() < 0.3:
            self.repair()
        if self.chance.random() < 0.25:
            self.pass_on()

    def end(self) -> None:
        """All is carried, and what was lost is repaired, as the hub does on its clock."""
        self.feed.start(self.start)
        for event in self.bag:
            self.feed.offer(event)
        self.repair()
        self.pass_on()

    def repair(self) -> None:
        more = True
        while more:
            page = reading.changes_in(room_now(self.room), self.feed.version, may_reset=False)
            self.feed.offer(page.event)
            more = page.more

    def pass_on(self) -> None:
        events = self.feed.take()
        for merged in frames.merge(events) if events else []:
            frame = json.loads(frames.changes(merged))
            assert self.client.apply(frame) is not None, "a gap, or nothing new"


@quickly
@given(steps, chances)
def test_what_a_feed_passes_on_is_the_present_however_badly_it_was_told(history, chance):
    world = World()
    couriers = {room: Courier(world, room, chance) for room in world.rooms}
    for step in history:
        told = world.take(step)
        for room, courier in couriers.items():
            courier.turn([event for event in told if event.room == room])
    for room, courier in couriers.items():
        courier.end()
        assert_is(courier.client, snapshot(room))


class Unobserved:
    """Nobody writes this history."""

    def __getattr__(self, name):
        return lambda *_: None


class Reader:
    """A client of all the rooms, on a socket that reorders, doubles and drops."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.chance, self.now = chance, 0.0
        self.state = ClientState(Unobserved(), cold=chance.random() < 0.5)
        self.state.opened(self.now)
        rooms = [{"id": room, "version": world.snapshots[room][0].version} for room in world.rooms]
        hello = {"type": "hello", "epoch": "e", "user": {"id": 1}, "heartbeat": 25, "rooms": rooms}
        self.state.received(hello, self.now)
        self.bag: list[Frame] = []

    def turn(self, told: list[RoomChanged]) -> None:
        """Get some of the frames of what happened, with anything in between."""
        for event in told:
            frame = json.loads(frames.changes(event))
            self.bag += [frame] * self.chance.choice([0, 1, 1, 1, 2])
        self.chance.shuffle(self.bag)
        for _ in range(self.chance.randrange(len(self.bag) + 1)):
            self.get(self.bag.pop())
        if self.chance.random() < 0.3:
            self.wait()

    def end(self, rooms: list[int]) -> None:
        """Get the rest, and the server's word that something was dropped."""
        for frame in self.bag:
            self.get(frame)
        self.get({"type": "lagged", "rooms": rooms})
        while self.state.behind() or self.state.output:
            self.wait()

    def get(self, frame: Frame) -> None:
        self.state.received(frame, self.now)

    def wait(self) -> None:
        """Let time pass, and what was asked be answered."""
        self.now += HOLD
        self.state.tick(self.now)
        for asked in self.state.take_output():
            assert asked["type"] == "sync"
            for room, since in asked["rooms"].items():
                self.get(frame_of(reading.changes_in(room_now(int(room)), since), asked["ref"]))


@quickly
@given(steps, chances)
def test_two_clients_on_bad_sockets_end_in_the_same_state(history, chance):
    world = World()
    readers = [Reader(world, chance) for _ in range(2)]
    for step in history:
        told = world.take(step)
        for reader in readers:
            reader.turn(told)
    for reader in readers:
        reader.end(world.rooms)
    for room in world.rooms:
        now = snapshot(room)
        for reader in readers:
            client = reader.state.rooms[room]
            assert client.local == now.version
            assert client.info in (now.info, None)
            for kept, stored in (
                (client.messages, now.messages),
                (present(client.members), present(now.members)),
            ):
                newer = {key for key, row in stored.items() if row["version"] > client.base}
                assert newer <= kept.keys()
                assert kept == {key: stored[key] for key in kept}


def test_histories_hold_what_they_are_to_hold():
    """Of a fixed history of all verbs, most are carried out and some refused."""
    world, chance = World(), random.Random(1)
    verbs = list(VERBS) * 8
    chance.shuffle(verbs)
    for verb in verbs:
        world.take((verb, chance.randrange(4), chance.randrange(3), chance.randrange(25)))
    assert world.events > 20
    assert world.refusals > 10
