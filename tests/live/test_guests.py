"""Guests on a socket: a public room that is not theirs is as one that never was."""

from uuid import uuid4

import pytest

from chat.models import Room
from tests.factories import Member, make_member, make_room
from tests.live.conftest import Connect

UNUSED_ROOM = 987_654_321


@pytest.fixture
def guest(ada: Member) -> Member:
    """A guest in a room of ada's."""
    member = make_member(is_guest=True)
    make_room("private", [member], owner=ada)
    return member


def test_a_public_room_is_answered_as_one_that_never_was(
    connect: Connect, guest: Member, room: Room
) -> None:
    client = connect(guest)
    assert len(client.hello["rooms"]) == 1

    def asked(room_id: int) -> list[tuple[str, str]]:
        given = {"room": room_id}
        answers = [
            client.refused("send", client_id=str(uuid4()), body="hi", **given),
            client.refused("read", seq=1, **given),
            client.refused("typing", on=True, **given),
            client.refused("focus", visible=True, **given),
            client.refused("sync", rooms={str(room_id): 0}),
        ]
        return [(answer["code"], answer["detail"]) for answer in answers]

    assert asked(room.pk) == asked(UNUSED_ROOM)
    assert {code for code, _ in asked(room.pk)} == {"not_found"}
