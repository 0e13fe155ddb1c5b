"""One bad change, socket or answer takes nothing from the others."""

from typing import Any

from chat.broadcast import RoomChanged
from chat.live.hub import Hub
from chat.live.socket import UNSENT_MAX
from chat.models import Room
from chat.services import messages
from tests.factories import Member
from tests.hub.parts import Guests, post, say, until


async def test_a_change_that_cannot_be_sent_must_be_synced_and_stops_no_other_room(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room, other: Room
) -> None:
    peer, _ = await guests.enter(bob)
    nonsense: Any = None
    hub.announce(RoomChanged(room.pk, room.version, room.version + 1, [nonsense]))
    hub.announce(RoomChanged(other.pk, other.version, other.version + 1))
    await until(lambda: peer.spans(other.pk), "the other room's change")
    assert peer.seen("lagged") == [{"type": "lagged", "rooms": [room.pk]}]


async def test_a_socket_that_cannot_be_written_to_is_closed_and_the_others_hear(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    broken = [await guests.enter(bob) for _ in range(2)]
    for peer, _ in broken:
        peer.is_broken = True
    well, _ = await guests.enter(bob)
    said = await post(ada, room)
    await until(lambda: well.spans(room.pk), "what ada said")
    assert well.spans(room.pk) == [(room.version, said.version)]
    assert {peer.closed_with for peer, _ in broken} == {4410}


async def test_one_who_does_not_read_the_answers_is_not_read_from(
    hub: Hub, guests: Guests, bob: Member, room: Room
) -> None:
    peer, socket = await guests.enter(bob)
    peer.when_drained = lambda _callback: None  # it reads nothing
    peer.unsent = UNSENT_MAX + 1
    say(hub, socket, "ping")
    assert not peer.is_reading
    assert socket.is_full()


async def test_who_asks_for_much_waits_for_themselves_and_keeps_nobody_else_waiting(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    message = await post(ada, room)
    (_, greedy), (peer, modest) = await guests.enter(ada), await guests.enter(bob)
    with hub.database.standing_still():
        for socket in (*[greedy] * 20, modest):
            say(hub, socket, "react", message=message.id, emoji="👍", on=True)
        await until(lambda: reacting(hub, bob) == 1, "bob's turn")
        assert reacting(hub, ada) == 1
    await until(lambda: peer.seen("ack"), "bob's answer")
    await until(lambda: reacting(hub, ada) == 20, "all that ada asked for")


def reacting(hub: Hub, member: Member) -> int:
    """Return for how many reactions of a member the database was asked."""
    return sum(asked[1:3] == (messages.react, member.id) for asked in hub.database.asked)
