"""Read positions: they only grow, and a member's devices agree on them."""

import pytest

from chat.models import Membership, Room
from tests.factories import Member, make_history, make_message
from tests.live.conftest import Browse, Connect
from tests.live.shapes import room_in


def position(member: Member, room: Room) -> int:
    """Return how far ``member`` has read in ``room``."""
    return Membership.objects.get(room=room, user=member.id).read_seq


def test_reading_is_acked_with_room_and_version_alone(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    make_history(room, [ada], 5)
    ack = connect(bob).acked("read", room=room.pk, seq=3)
    assert {name: value for name, value in ack.items() if value is not None} == {
        "type": "ack", "ref": 1, "room": room.pk, "version": room.version,
    }  # fmt: skip
    assert position(bob, room) == 3


def test_the_members_other_sockets_are_told(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    make_history(room, [ada], 5)
    phone, desk, other = connect(bob), connect(bob), connect(ada)
    phone.acked("read", room=room.pk, seq=3)
    assert desk.expect("read") == {"type": "read", "room": room.pk, "read_seq": 3}
    phone.acked("read", room=room.pk, seq=4)
    assert desk.expect("read")["read_seq"] == 4
    other.settle()
    phone.settle()
    assert other.seen("read") == []
    assert phone.seen("read") == [], "it knows already"


def test_posting_moves_it_to_ones_own_message(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    make_history(room, [ada], 5)
    phone, desk = connect(bob), connect(bob)
    phone.acked("send", room=room.pk, client_id="8" * 32, body="hi")
    assert desk.expect("read") == {"type": "read", "room": room.pk, "read_seq": 6}
    assert position(bob, room) == 6


def test_past_the_last_message_is_clamped(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    make_history(room, [ada], 5)
    phone, desk = connect(bob), connect(bob)
    phone.acked("read", room=room.pk, seq=1_000_000)
    assert desk.expect("read")["read_seq"] == 5
    assert position(bob, room) == 5


def test_backwards_is_acked_and_changes_nothing(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    make_history(room, [ada], 5)
    phone, desk = connect(bob), connect(bob)
    phone.acked("read", room=room.pk, seq=4)
    phone.acked("read", room=room.pk, seq=2)
    phone.acked("read", room=room.pk, seq=0)
    phone.acked("read", room=room.pk, seq=5)
    desk.expect("read", read_seq=5)
    assert [frame["read_seq"] for frame in desk.seen("read")] == [4, 5]


def test_reading_counts_less_as_unread(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    for _ in range(3):
        make_message(room, ada)
    connect(bob).acked("read", room=room.pk, seq=2)
    entry = room_in(connect(bob).hello, room)
    assert (entry["read_seq"], entry["unread"]) == (2, 1)


def test_reading_takes_no_version(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    make_history(room, [ada], 5)
    connect(bob).acked("read", room=room.pk, seq=3)
    before = room.version
    room.refresh_from_db()
    assert room.version == before


@pytest.mark.parametrize(
    ("field", "value"), [("room", None), ("room", "7"), ("seq", None), ("seq", "7"), ("seq", 1.5)]
)
def test_a_wrong_field_is_invalid(
    connect: Connect, bob: Member, room: Room, field: str, value: object
) -> None:
    error = connect(bob).refused("read", **{"room": room.pk, "seq": 1, field: value})
    assert error["code"] == "invalid"
    assert field in error["detail"]


def test_a_mark_is_told_on_every_socket_and_again_when_it_goes(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    make_history(room, [ada], 5)
    phone, desk = connect(bob), connect(bob)
    phone.acked("read", room=room.pk, seq=5)
    desk.expect("read")
    marked = browse(bob).post(f"/api/v1/rooms/{room.pk}/unread", json={"seq": 4})
    assert marked.json()["unread"] == 2
    for each in (phone, desk):
        assert each.expect("read") == {
            "type": "read", "room": room.pk, "read_seq": 5, "unread_from": 4, "unread": 2,
            "mentions": 0,
        }  # fmt: skip
    [row] = [row for row in connect(bob).hello["rooms"] if row["id"] == room.pk]
    assert (row["unread_from"], row["unread"]) == (4, 2)
    phone.acked("read", room=room.pk, seq=5)
    for each in (phone, desk):
        assert each.expect("read") == {"type": "read", "room": room.pk, "read_seq": 5}
