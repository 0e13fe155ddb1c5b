"""Who hears of a room when seats change while somebody asks about it."""

from uuid import uuid4

import pytest

from chat.broadcast import Typing
from chat.live import typists
from chat.live.hub import Hub
from chat.models import Room
from chat.services import members, messages, reading
from tests.factories import Member
from tests.hub.parts import Guests, asks, doing, post, say, unheard, until


async def test_a_sync_that_overlaps_ones_leaving_tells_nothing(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    """The page was read while bob was a member, and would be sent when he is not any more."""
    peer, socket = await guests.enter(bob)
    before = room.version
    await unheard(hub, messages.post, ada.user, room.pk, uuid4(), "among us")
    asked = {"rooms": {str(room.pk): before}}
    async with hub.database.keeping(asks(reading.sync), lambda: say(hub, socket, "sync", **asked)):
        await doing(members.leave, bob.user, room.pk)
        await until(lambda: peer.seen("room"), "bob shown out")
    await until(lambda: peer.seen("error"), "an answer")
    assert peer.seen("error")[0] | {"detail": ""} == {
        "type": "error", "ref": 1, "code": "not_found", "detail": "", "room": room.pk,
    }  # fmt: skip
    assert [span for span in peer.spans(room.pk) if span[1] > before + 1] == []


async def test_what_was_said_while_a_reset_was_read_must_be_synced(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    """A reset makes the client forget the change that overtook it."""
    peer, socket = await guests.enter(bob)
    beyond = {"rooms": {str(room.pk): room.version + 1000}}
    async with hub.database.keeping(asks(reading.sync), lambda: say(hub, socket, "sync", **beyond)):
        said = await post(ada, room)
        await until(lambda: peer.spans(room.pk), "what ada said")
    await until(lambda: peer.seen("lagged"), "the word to sync")
    change, reset = peer.seen("changes")
    assert (change["to"], reset["reset"]) == (said.version, True)
    assert reset["to"] < said.version
    assert peer.frames[-1] == {"type": "lagged", "rooms": [room.pk]}


async def test_one_turns_to_a_room_of_which_no_hint_came(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    """The page joins by HTTP and turns to the room at once."""
    await doing(members.leave, bob.user, room.pk)
    peer, socket = await guests.enter(bob)
    await unheard(hub, members.invite, ada.user, room.pk, bob.id)
    say(hub, socket, "focus", room=room.pk, visible=True)
    await until(lambda: peer.seen("presence"), "who is there")
    assert [frame["joined"]["id"] for frame in peer.seen("room")] == [room.pk]
    assert socket.focus == room.pk


async def test_who_comes_while_the_members_are_read_is_one_of_them(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room
) -> None:
    await doing(members.leave, bob.user, room.pk)
    room_of_ada, looking = await guests.enter(ada)
    await guests.enter(bob)

    def look() -> None:
        say(hub, looking, "focus", room=room.pk, visible=True)

    async with hub.database.keeping(asks(reading.member_ids), look):
        await doing(members.invite, ada.user, room.pk, bob.id)
        await until(lambda: room_of_ada.spans(room.pk), "the change")
    await until(lambda: room_of_ada.seen("presence"), "who is there")
    assert bob.id in room_of_ada.seen("presence")[0]["online"]


async def test_typing_fades_also_while_the_database_does_not_answer(
    hub: Hub, guests: Guests, ada: Member, bob: Member, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer, looking = await guests.enter(ada)
    say(hub, looking, "focus", room=room.pk, visible=True)
    await until(lambda: peer.seen("presence"), "who is there")
    monkeypatch.setattr(typists, "TYPING_EXPIRES", 0.1)
    with hub.database.standing_still():
        hub.announce(Typing(room.pk, bob.id, True))
        await until(lambda: len(peer.seen("typing")) == 3, "that bob ceased to type")
    assert [frame["users"] for frame in peer.seen("typing")] == [[], [bob.id], []]
