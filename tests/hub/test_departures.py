"""A large room is written to in portions: others have their turn, and its own order stays."""

import asyncio

import pytest

from chat.broadcast import RoomChanged
from chat.live import departures
from chat.live.hub import Hub
from chat.live.socket import Socket
from chat.models import Room
from tests.factories import Member, make_room
from tests.hub.parts import Guests, Peer, until

SOCKETS = 5
TURNS = 20  # of the event loop, within which a room's first portion has left
Ends = list[tuple[Peer, Socket]]


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sockets are written to in a turn, so that five make a large room."""
    monkeypatch.setattr(departures, "WRITES", 2)


@pytest.fixture
def quiet(ada: Member) -> Room:
    """A room of ada alone."""
    return make_room("private", owner=ada)


async def changing(hub: Hub, room: Room, ends: Ends) -> None:
    """Change ``room``, and return when some of its sockets have heard of it."""
    hub.announce(RoomChanged(room.pk, room.version, room.version + 1))
    for _ in range(TURNS):
        if 0 < len(told(ends, room)) < len(ends):
            return
        await asyncio.sleep(0)
    raise AssertionError("all or none of its sockets heard of it in one turn")


def told(ends: Ends, room: Room) -> list[Peer]:
    """Return the peers that heard of ``room``."""
    return [peer for peer, _ in ends if peer.spans(room.pk)]


async def test_a_room_waits_for_no_larger_one(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room, quiet: Room
) -> None:
    in_quiet = await guests.enter(ada)
    ends = [await guests.enter(bob) for _ in range(SOCKETS)]
    await changing(hub, room, ends)
    hub.announce(RoomChanged(quiet.pk, quiet.version, quiet.version + 1))
    while not told([in_quiet], quiet):
        assert len(told(ends, room)) < SOCKETS
        await asyncio.sleep(0)
    await until(lambda: len(told(ends, room)) == SOCKETS, "the change of the large room")


async def test_what_comes_meanwhile_follows_as_one(
    hub: Hub, guests: Guests, bob: Member, room: Room
) -> None:
    ends = [await guests.enter(bob) for _ in range(SOCKETS)]
    await changing(hub, room, ends)
    begun = room.version + 1
    for version in (begun, begun + 1):
        hub.announce(RoomChanged(room.pk, version, version + 1))
    await until(lambda: all(peer.at(room.pk) == begun + 2 for peer, _ in ends), "the last change")
    for peer, _ in ends:
        assert peer.spans(room.pk) == [(begun - 1, begun), (begun, begun + 2)]


async def test_one_who_is_shown_out_meanwhile_hears_nothing_more(
    hub: Hub, guests: Guests, bob: Member, room: Room
) -> None:
    ends = [await guests.enter(bob) for _ in range(SOCKETS)]
    await changing(hub, room, ends)
    waiting = [(peer, socket) for peer, socket in ends if not peer.spans(room.pk)]
    out, socket = waiting.pop()
    hub.seats.give_up(socket, room.pk)
    await until(lambda: len(told(waiting, room)) == len(waiting), "the change")
    assert not out.spans(room.pk)
