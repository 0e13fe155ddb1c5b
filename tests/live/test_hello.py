"""The first frame: who one is, where, and how far one has read."""

from uuid import uuid4

from chat.models import Room
from chat.services import members, messages, preferences
from tests.factories import (
    Member,
    make_history,
    make_member,
    make_message,
    make_room,
)
from tests.live.conftest import Connect
from tests.live.shapes import HELLO_FIELDS, ROOM_FIELDS, assert_now, room_in


def test_hello_is_the_first_frame_and_has_the_documented_fields(
    connect: Connect, ada: Member
) -> None:
    socket = connect(ada)
    assert socket.frames[0] is socket.hello
    assert socket.hello.keys() >= HELLO_FIELDS
    assert_now(socket.hello["server_time"])
    assert socket.hello["limits"] == {"body": 4000, "frame": 65536, "changes": 300}
    assert socket.hello["heartbeat"] > 0


def test_every_socket_has_a_connection_of_its_own_in_one_epoch(
    connect: Connect, ada: Member, bob: Member
) -> None:
    hellos = [connect(member).hello for member in (ada, ada, bob)]
    assert len({hello["connection"] for hello in hellos}) == 3
    [epoch] = {hello["epoch"] for hello in hellos}
    assert epoch
    assert isinstance(epoch, str)


def test_a_member_without_a_display_name_is_called_by_the_handle(connect: Connect) -> None:
    member = make_member()
    assert connect(member).hello["user"] == {"id": member.id, "name": member.username}


def test_hello_lists_the_members_rooms_and_no_others(
    connect: Connect, ada: Member, bob: Member, eve: Member
) -> None:
    public = make_room("public", [bob], owner=ada, name="Public")
    private = make_room("private", [bob], owner=ada)
    direct = make_room("direct", [ada, bob])
    make_room("public", [eve])
    make_room("private", [eve])
    make_room("direct", [ada, eve])
    hello = connect(bob).hello
    assert {entry["id"] for entry in hello["rooms"]} == {public.pk, private.pk, direct.pk}
    assert all(entry.keys() >= ROOM_FIELDS for entry in hello["rooms"])
    entry = room_in(hello, public)
    public.refresh_from_db()
    assert (entry["kind"], entry["slug"], entry["name"]) == ("public", public.slug, "Public")
    assert (entry["version"], entry["last_seq"]) == (public.version, 0)
    assert (entry["read_seq"], entry["unread"], entry["mentions"]) == (0, 0, 0)
    assert entry["notify"] in {"all", "mentions", "nothing"}
    assert room_in(hello, private)["kind"] == "private"
    assert room_in(hello, direct)["kind"] == "direct"


def test_a_member_of_nothing_has_no_rooms(connect: Connect, eve: Member) -> None:
    assert connect(eve).hello["rooms"] == []


def test_a_room_one_has_left_is_not_listed(connect: Connect, bob: Member, room: Room) -> None:
    members.leave(bob.user, room.pk)
    assert connect(bob).hello["rooms"] == []


def test_roles_are_told(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    assert room_in(connect(ada).hello, room)["role"] == "owner"
    assert room_in(connect(bob).hello, room)["role"] == "member"
    members.set_role(ada.user, room.pk, bob.id, "moderator")
    assert room_in(connect(bob).hello, room)["role"] == "moderator"


def test_the_choice_of_notifications_is_told(connect: Connect, bob: Member, room: Room) -> None:
    preferences.set_notify(bob.user, room.pk, "nothing")
    assert room_in(connect(bob).hello, room)["notify"] == "nothing"


def test_unread_counts_what_others_said_past_the_read_position(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    sent = [make_message(room, ada) for _ in range(5)]
    assert room_in(connect(bob).hello, room)["unread"] == 5
    members.mark_read(bob.user, room.pk, sent[1].seq)
    entry = room_in(connect(bob).hello, room)
    assert (entry["read_seq"], entry["last_seq"], entry["unread"]) == (2, 5, 3)


def test_ones_own_messages_are_never_unread(connect: Connect, ada: Member, room: Room) -> None:
    make_message(room, ada)
    entry = room_in(connect(ada).hello, room)
    assert (entry["read_seq"], entry["unread"]) == (1, 0)


def test_posting_reads_what_came_before(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    make_message(room, ada)
    make_message(room, bob)
    make_message(room, ada)
    entry = room_in(connect(bob).hello, room)
    assert (entry["read_seq"], entry["unread"]) == (2, 1)


def test_deleted_messages_are_not_unread(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    first, _ = make_message(room, ada), make_message(room, ada)
    messages.remove(ada.user, first.pk)
    assert room_in(connect(bob).hello, room)["unread"] == 1


def test_mentions_count_the_unread_that_name_the_member(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    make_message(room, ada, f"first, @{bob.username}")
    seen = make_message(room, ada, f"second, @{bob.username}")
    make_message(room, ada, "for everybody")
    gone = make_message(room, ada, f"gone, @{bob.username}")
    make_message(room, ada, f"last, @{bob.username}")
    messages.remove(ada.user, gone.pk)
    entry = room_in(connect(bob).hello, room)
    assert (entry["unread"], entry["mentions"]) == (4, 3)
    members.mark_read(bob.user, room.pk, seen.seq)
    entry = room_in(connect(bob).hello, room)
    assert (entry["unread"], entry["mentions"]) == (2, 1)


def test_counts_end_at_a_hundred(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    make_history(room, [ada], 130, f"@{bob.username}", mentioning=bob)
    entry = room_in(connect(bob).hello, room)
    assert (entry["last_seq"], entry["read_seq"]) == (130, 0)
    assert (entry["unread"], entry["mentions"]) == (100, 100)


def test_a_direct_room_is_named_after_the_others(
    connect: Connect, ada: Member, bob: Member
) -> None:
    direct = make_room("direct", [ada, bob])
    assert room_in(connect(ada).hello, direct)["name"] == "Bob"
    assert room_in(connect(bob).hello, direct)["name"] == "Ada"


def test_nothing_falls_between_hello_and_the_first_change(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    """The connection has joined its rooms before the versions were read."""
    sender = connect(ada)
    for _ in range(10):
        ref = sender.send("send", room=room.pk, client_id=str(uuid4()), body="hi")
        reader = connect(bob)
        version = sender.answer(ref)["version"]
        if room_in(reader.hello, room)["version"] < version:
            reader.message(room.pk, version=version)
