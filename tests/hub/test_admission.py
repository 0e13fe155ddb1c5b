"""What changes between a socket's handshake and its hello."""

from typing import Any

import pytest

from chat.broadcast import Read
from chat.live import hub as hub_module
from chat.live.hub import Hub
from chat.live.limits import Rate
from chat.models import Room
from chat.services import members
from tests.factories import Member, make_room
from tests.hub.parts import Guests, Peer, doing, is_welcome, post, until


def rooms_told(peer: Peer) -> set[int]:
    """Return the rooms that hello named."""
    [hello] = peer.seen("hello")
    return {room["id"] for room in hello["rooms"]}


def version_told(peer: Peer, room: Room) -> int:
    """Return the version of ``room`` in hello."""
    [hello] = peer.seen("hello")
    return next(told["version"] for told in hello["rooms"] if told["id"] == room.pk)


@pytest.fixture
def elsewhere(ada: Member) -> Room:
    """A private room of ada alone."""
    return make_room("private", owner=ada)


async def test_nothing_comes_before_hello(
    hub: Hub, guests: Guests, ada: Member, room: Room
) -> None:
    peers: list[Peer] = []
    async with hub.database.keeping(is_welcome, lambda: peers.append(guests.knock(ada))):
        hub.announce(Read(room.pk, ada.id, 1, "elsewhere"))
        assert peers[0].frames == []
    await until(lambda: peers[0].seen("read"), "what came up meanwhile")
    assert [frame["type"] for frame in peers[0].frames[:2]] == ["hello", "read"]


async def test_a_room_left_before_hello_is_not_in_it(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    peers: list[Peer] = []
    async with hub.database.keeping(is_welcome, lambda: peers.append(guests.knock(bob))):
        await doing(members.leave, bob.user, room.pk)
        await until(lambda: room.pk not in hub.feeds, "bob shown out")
    await until(lambda: peers[0].seen("hello"), "hello")
    assert room.pk not in rooms_told(peers[0])
    await until(lambda: room.pk not in hub.feeds, "nobody hears of the room")


async def test_a_room_joined_before_hello_is_told_after_it(
    hub: Hub, guests: Guests, ada: Member, bob: Member, elsewhere: Room
) -> None:
    neighbour, _ = await guests.enter(ada)
    peers: list[Peer] = []
    async with hub.database.keeping(is_welcome, lambda: peers.append(guests.knock(bob))):
        await doing(members.invite, ada.user, elsewhere.pk, bob.id)
        await hub.seats.look_at(bob.id, elsewhere.pk)
        early = await post(ada, elsewhere)
        await until(lambda: neighbour.at(elsewhere.pk) == early.version, "what ada said")
        assert peers[0].frames == []
    await until(lambda: peers[0].seen("room"), "the room that bob was invited to")
    assert elsewhere.pk not in rooms_told(peers[0])
    joined = peers[0].seen("room")[0]["joined"]
    assert joined["version"] == early.version
    said = await post(ada, elsewhere)
    await until(lambda: peers[0].spans(elsewhere.pk), "what is said there")
    assert peers[0].spans(elsewhere.pk) == [(early.version, said.version)]


async def test_one_who_was_told_an_older_version_than_a_neighbour_must_sync(
    hub: Hub, guests: Guests, ada: Member, bob: Member, eve: Member, room: Room
) -> None:
    """For this process the room began at the newer version: nobody has what is between."""
    neighbour, _ = await guests.enter(eve)
    peers: list[Peer] = []
    async with hub.database.keeping(is_welcome, lambda: peers.append(guests.knock(bob))):
        await doing(members.invite, ada.user, room.pk, eve.id)
        await until(lambda: neighbour.seen("room"), "the room that eve was invited to")
    await until(lambda: peers[0].seen("hello"), "hello")
    assert version_told(peers[0], room) < neighbour.seen("room")[0]["joined"]["version"]
    assert peers[0].spans(room.pk) == []
    assert peers[0].seen("lagged") == [{"type": "lagged", "rooms": [room.pk]}]


async def test_one_who_cannot_be_greeted_leaves_nothing_behind(
    hub: Hub, guests: Guests, ada: Member, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "ADMISSION_MAX", 0.05)
    peers: list[Peer] = []
    async with hub.database.keeping(is_welcome, lambda: peers.append(guests.knock(ada))):
        await until(lambda: peers[0].closed_with, "the end of our patience")
    assert peers[0].closed_with == 4412
    assert (hub.sockets, hub.sockets_of, hub.feeds) == (set(), {}, {})


async def test_one_address_has_so_many_sockets_whoever_they_belong_to(
    hub: Hub, guests: Guests, ada: Member, bob: Member, settings: Any
) -> None:
    settings.SOCKETS_PER_ADDRESS = 2
    first, second = guests.knock(ada, "203.0.113.9"), guests.knock(bob, "203.0.113.9")
    await until(lambda: first.seen("hello") and second.seen("hello"), "hello")
    third, elsewhere, nowhere = (
        guests.knock(ada, "203.0.113.9"), guests.knock(ada, "203.0.113.10"), guests.knock(ada),
    )  # fmt: skip
    await until(lambda: third.closed_with, "the refusal")
    assert third.closed_with == 4429
    await until(lambda: elsewhere.seen("hello") and nowhere.seen("hello"), "the others' hello")


async def test_a_socket_that_closed_makes_room_for_another(
    hub: Hub, guests: Guests, ada: Member, settings: Any
) -> None:
    settings.SOCKETS_PER_ADDRESS = 1
    _, socket = await guests.enter(ada, "203.0.113.9")
    hub.remove(socket)
    again, _ = await guests.enter(ada, "203.0.113.9")
    assert again.seen("hello")


@pytest.fixture
def few_openings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a busy machine does not outlast."""
    monkeypatch.setattr(hub_module, "OPENINGS", Rate(3, 0.001))
    monkeypatch.setattr(hub_module, "OPENINGS_EACH", Rate(0.01, 0.000_001))  # of 500 sockets


@pytest.mark.usefixtures("few_openings")
async def test_who_opens_sockets_again_and_again_is_refused_before_anything_is_looked_up(
    hub: Hub, guests: Guests, ada: Member, bob: Member, eve: Member
) -> None:
    for _ in range(3):
        _, socket = await guests.enter(ada)
        hub.remove(socket)
    with hub.database.standing_still():
        refused = guests.knock(ada)
        await until(lambda: refused.closed_with, "the refusal")
    assert refused.closed_with == 4429
    await guests.enter(bob)


@pytest.mark.usefixtures("few_openings")
async def test_so_is_one_address_whoever_they_belong_to(
    hub: Hub, guests: Guests, ada: Member, bob: Member, eve: Member
) -> None:
    for member in (ada, bob, eve, ada, bob):
        _, socket = await guests.enter(member, "203.0.113.9")
        hub.remove(socket)
    refused = guests.knock(eve, "203.0.113.9")
    await until(lambda: refused.closed_with, "the refusal")
    assert refused.closed_with == 4429
    await guests.enter(eve, "203.0.113.10")
