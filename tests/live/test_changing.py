"""Editing, deleting and reacting: rows as they stand, tombstones, and what changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from chat.models import Message, MessageEdit, Room
from chat.services import members, messages
from tests.factories import Member, make_member, make_message, make_moderator
from tests.live.client import Client, Frame
from tests.live.conftest import Connect
from tests.live.shapes import moment, room_in


def version_of(room: Room) -> int:
    """Return the version at which ``room`` is now."""
    room.refresh_from_db()
    return room.version


def assert_changes_nothing(room: Room, act: Callable[[], Frame]) -> None:
    """Do ``act`` and fail unless it is acked at the version at which the room stays."""
    before = version_of(room)
    assert act()["version"] == before
    assert version_of(room) == before


# --- Editing ---


def test_an_edit_changes_the_row_for_everybody(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    message = make_message(room, ada, "helo")
    author, reader = connect(ada), connect(bob)
    before = room_in(author.hello, room)["version"]
    ack = author.acked("edit", message=message.pk, body="  *hello*\n")
    assert ack == {
        "type": "ack", "ref": 1, "room": room.pk, "version": before + 1, "seq": message.seq,
        "id": message.pk,
    }  # fmt: skip
    for socket in (author, reader):
        row = socket.message(room.pk, id=message.pk)
        assert (row["body"], row["html"]) == ("*hello*", "<p><em>hello</em></p>")
        assert (row["seq"], row["version"]) == (message.seq, before + 1)
        assert moment(row["edited_at"]) >= moment(row["created_at"])
        assert row["client_id"] == str(message.client_id)


def test_earlier_bodies_are_kept(connect: Connect, ada: Member, room: Room) -> None:
    message = make_message(room, ada, "first")
    socket = connect(ada)
    for body in ("second", "third"):
        socket.acked("edit", message=message.pk, body=body)
    kept = MessageEdit.objects.filter(message=message).order_by("pk")
    assert [edit.body for edit in kept] == ["first", "second"]


def test_an_edit_to_the_same_body_changes_nothing(
    connect: Connect, ada: Member, room: Room
) -> None:
    message = make_message(room, ada, "as it is")
    make_message(room, ada, "later")
    socket = connect(ada)
    assert_changes_nothing(
        room, lambda: socket.acked("edit", message=message.pk, body=" as it is ")
    )
    assert Message.objects.get(pk=message.pk).edited_at is None


def test_an_edit_changes_who_is_mentioned(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    message = make_message(room, ada, f"@{bob.username}")
    socket = connect(ada)
    ack = socket.acked("edit", message=message.pk, body=f"@{ada.username}")
    assert socket.message(room.pk, version=ack["version"])["mentions"] == [ada.id]
    assert room_in(connect(bob).hello, room)["mentions"] == 0


def test_only_its_author_edits_a_message(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    """Not even the room's owner, ada."""
    of_ada, of_bob = make_message(room, ada, "mine"), make_message(room, bob, "mine")
    for member, message in ((bob, of_ada), (ada, of_bob)):
        error = connect(member).refused("edit", message=message.pk, body="yours")
        assert error["code"] == "forbidden"
        assert Message.objects.get(pk=message.pk).body == "mine"


def test_a_tombstone_cannot_be_edited(connect: Connect, ada: Member, room: Room) -> None:
    message = make_message(room, ada)
    messages.remove(ada.user, message.pk)
    assert connect(ada).refused("edit", message=message.pk, body="b")["code"] == "not_found"


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "invalid"), (" \n", "invalid"), ("a" * 4001, "too_large"), (7, "invalid")],
)
def test_an_edit_needs_a_body_within_the_limit(
    connect: Connect, ada: Member, room: Room, body: object, code: str
) -> None:
    message = make_message(room, ada, "stays")
    assert connect(ada).refused("edit", message=message.pk, body=body)["code"] == code
    assert Message.objects.get(pk=message.pk).body == "stays"


# --- Deleting ---


def delete_as(connect: Connect, member: Member, message: Message) -> Frame:
    """Delete ``message`` over a socket of ``member`` and return the ack."""
    return connect(member).acked("delete", message=message.pk)


def test_a_deleted_message_is_a_tombstone_for_everybody(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    message = make_message(room, ada, f"oh **no** @{bob.username}")
    messages.react(bob.user, message.pk, "👍", True)
    author, reader = connect(ada), connect(bob)
    before = room_in(author.hello, room)["version"]
    ack = author.acked("delete", message=message.pk)
    assert (ack["version"], ack["seq"], ack["id"]) == (before + 1, message.seq, message.pk)
    for socket in (author, reader):
        row = socket.message(room.pk, id=message.pk)
        assert row["deleted"] is True
        assert (row["body"], row["html"]) == ("", "")
        assert (row["mentions"], row["attachments"], row["reactions"]) == ([], [], [])
        assert (row["seq"], row["author"], row["version"]) == (message.seq, ada.id, before + 1)


def test_a_seq_is_never_used_again(connect: Connect, ada: Member, room: Room) -> None:
    message = make_message(room, ada)
    socket = connect(ada)
    socket.acked("delete", message=message.pk)
    ack = socket.acked("send", room=room.pk, client_id="8" * 32, body="next")
    assert ack["seq"] == message.seq + 1


def test_a_second_deletion_changes_nothing(connect: Connect, ada: Member, room: Room) -> None:
    message = make_message(room, ada)
    make_message(room, ada, "later")
    socket = connect(ada)
    socket.acked("delete", message=message.pk)
    assert_changes_nothing(room, lambda: socket.acked("delete", message=message.pk))


def test_the_rooms_owner_deletes_what_others_said(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    message = make_message(room, bob)
    delete_as(connect, ada, message)
    assert Message.objects.get(pk=message.pk).is_tombstone


def test_the_rooms_moderators_delete_what_others_said(
    connect: Connect, ada: Member, room: Room
) -> None:
    moderator = make_member()
    members.join(moderator.user, room.pk)
    members.set_role(ada.user, room.pk, moderator.id, "moderator")
    message = make_message(room, ada)
    delete_as(connect, moderator, message)
    assert Message.objects.get(pk=message.pk).is_tombstone


def test_the_sites_moderators_delete_anywhere(
    connect: Connect, ada: Member, private_room: Room
) -> None:
    message = make_message(private_room, ada)
    delete_as(connect, make_moderator(), message)
    assert Message.objects.get(pk=message.pk).is_tombstone


def test_others_do_not_delete(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    message = make_message(room, ada)
    assert connect(bob).refused("delete", message=message.pk)["code"] == "forbidden"
    assert not Message.objects.get(pk=message.pk).is_tombstone


# --- Reacting ---


def reactions(client: Client, room: Room, ack: Frame) -> list[dict[str, Any]]:
    """Return the reactions in the row that the change of ``ack`` brought."""
    return list(client.message(room.pk, id=ack["id"], version=ack["version"])["reactions"])


def test_reactions_come_and_go_for_everybody(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    message = make_message(room, ada)
    first, second = connect(ada), connect(bob)
    before = room_in(first.hello, room)["version"]
    ack = first.acked("react", message=message.pk, emoji="👍", on=True)
    assert (ack["version"], ack["seq"], ack["id"]) == (before + 1, message.seq, message.pk)
    assert reactions(second, room, ack) == [{"emoji": "👍", "users": [ada.id]}]
    ack = second.acked("react", message=message.pk, emoji="👍", on=True)
    assert reactions(first, room, ack) == [{"emoji": "👍", "users": [ada.id, bob.id]}]
    ack = second.acked("react", message=message.pk, emoji="🎉", on=True)
    assert reactions(first, room, ack) == [
        {"emoji": "👍", "users": [ada.id, bob.id]}, {"emoji": "🎉", "users": [bob.id]},
    ]  # fmt: skip
    ack = first.acked("react", message=message.pk, emoji="👍", on=False)
    assert reactions(first, room, ack) == [
        {"emoji": "👍", "users": [bob.id]}, {"emoji": "🎉", "users": [bob.id]},
    ]  # fmt: skip


@pytest.mark.parametrize("emoji", ["❤️", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏿", "1️⃣"])
def test_emoji_of_several_code_points_are_emoji(
    connect: Connect, ada: Member, room: Room, emoji: str
) -> None:
    message = make_message(room, ada)
    socket = connect(ada)
    ack = socket.acked("react", message=message.pk, emoji=emoji, on=True)
    assert reactions(socket, room, ack) == [{"emoji": emoji, "users": [ada.id]}]


@pytest.mark.parametrize("on", [True, False])
def test_a_reaction_that_changes_nothing_is_acked_at_the_current_version(
    connect: Connect, ada: Member, room: Room, on: bool
) -> None:
    message = make_message(room, ada)
    if on:
        messages.react(ada.user, message.pk, "👍", True)
    make_message(room, ada, "later")
    socket = connect(ada)
    assert_changes_nothing(
        room, lambda: socket.acked("react", message=message.pk, emoji="👍", on=on)
    )


def test_a_tombstone_takes_no_reactions(connect: Connect, ada: Member, room: Room) -> None:
    message = make_message(room, ada)
    messages.remove(ada.user, message.pk)
    error = connect(ada).refused("react", message=message.pk, emoji="👍", on=True)
    assert error["code"] == "not_found"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("emoji", ""), ("emoji", "no emoji"), ("emoji", "<b>"), ("emoji", 7), ("emoji", "👍" * 99),
        ("on", None), ("on", 1), ("on", "yes"), ("message", None), ("message", "7"),
    ],
)  # fmt: skip
def test_a_wrong_reaction_is_invalid(
    connect: Connect, ada: Member, room: Room, field: str, value: object
) -> None:
    message = make_message(room, ada)
    fields = {"message": message.pk, "emoji": "👍", "on": True, field: value}
    error = connect(ada).refused("react", **fields)
    assert error["code"] == "invalid"
    assert field in error["detail"]


# --- What was never there ---


@pytest.mark.parametrize(
    ("type", "fields"),
    [("edit", {"body": "b"}), ("delete", {}), ("react", {"emoji": "👍", "on": True})],
)
def test_a_message_that_was_never_there_is_not_found(
    connect: Connect, ada: Member, room: Room, type: str, fields: Frame
) -> None:
    unused = make_message(room, ada).pk + 10_000
    socket = connect(ada)
    for message in (unused, 0, -1, 2**63 - 1):
        assert socket.refused(type, message=message, **fields)["code"] in {"not_found", "invalid"}
    assert socket.refused(type, message=unused, **fields)["code"] == "not_found"
