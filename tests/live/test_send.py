"""Sending: the ack after commit, the row that everybody gets, and the retry that stores nothing."""

from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest

from chat.models import Mention, Message, Room
from chat.services import messages, rooms
from tests.factories import Member, make_member, make_message, make_room
from tests.live.client import Client
from tests.live.conftest import Connect
from tests.live.shapes import CHANGES_FIELDS, MESSAGE_FIELDS, assert_now, room_in


class Markup(HTMLParser):
    """The tags and attributes in a piece of HTML, as a browser finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def new_client_id() -> str:
    """Return a client_id that nothing else has."""
    return str(uuid4())


def post(client: Client, room: Room, body: str, **fields: Any) -> dict[str, Any]:
    """Send a message and return its ack."""
    fields.setdefault("client_id", new_client_id())
    return client.acked("send", room=room.pk, body=body, **fields)


# --- The ack, and what is stored ---


def test_an_acked_message_is_in_the_database(connect: Connect, ada: Member, room: Room) -> None:
    client_id = new_client_id()
    ack = post(connect(ada), room, "hi **all**", client_id=client_id)
    message = Message.objects.get(pk=ack["id"])
    assert (message.room_id, message.author_id, str(message.client_id)) == (
        room.pk, ada.id, client_id,
    )  # fmt: skip
    assert (message.seq, message.version, message.body) == (
        ack["seq"],
        ack["version"],
        "hi **all**",
    )


def test_an_ack_names_the_message_and_the_version(
    connect: Connect, ada: Member, room: Room
) -> None:
    socket = connect(ada)
    version = room_in(socket.hello, room)["version"]
    ack = socket.acked("send", room=room.pk, client_id=new_client_id(), body="hi")
    assert ack == {
        "type": "ack", "ref": 1, "room": room.pk, "version": version + 1, "seq": 1,
        "id": Message.objects.get(room=room).pk,
    }  # fmt: skip


def test_seqs_and_versions_are_gapless(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    version = room_in(socket.hello, room)["version"]
    refs = [
        socket.send("send", room=room.pk, client_id=new_client_id(), body=f"number {number}")
        for number in range(10)
    ]
    acks = [socket.answer(ref) for ref in refs]
    assert [ack["seq"] for ack in acks] == list(range(1, 11))
    assert [ack["version"] for ack in acks] == list(range(version + 1, version + 11))


@pytest.mark.parametrize("ref", ["a", "", "ü" * 50, 0, -1, 2**53, "1"])
def test_the_ref_comes_back_as_it_was(
    connect: Connect, ada: Member, room: Room, ref: object
) -> None:
    socket = connect(ada)
    socket.say(
        {"type": "send", "ref": ref, "room": room.pk, "client_id": new_client_id(), "body": "hi"}
    )
    answer = socket.answer(ref)
    assert answer["type"] == "ack"
    assert type(answer["ref"]) is type(ref)


def test_a_ref_is_not_needed(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    socket.say({"type": "send", "room": room.pk, "client_id": new_client_id(), "body": "hi"})
    assert socket.expect("ack", room=room.pk).get("ref") is None


# --- The row ---


def test_everybody_in_the_room_gets_the_row(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    sender, sibling, reader = connect(ada), connect(ada), connect(bob)
    client_id = new_client_id()
    ack = post(sender, room, "hi **all**", client_id=client_id)
    for socket in (sender, sibling, reader):
        row = socket.message(room.pk, id=ack["id"])
        assert row.keys() == MESSAGE_FIELDS
        assert_now(row.pop("created_at"))
        assert row == {
            "id": ack["id"], "room": room.pk, "seq": ack["seq"], "version": ack["version"],
            "author": ada.id, "client_id": client_id, "body": "hi **all**",
            "html": "<p>hi <strong>all</strong></p>", "edited_at": None, "deleted": False,
            "reply_to": None, "thread": None, "pinned": False, "mentions": [], "attachments": [],
            "reactions": [],
        }  # fmt: skip


def test_changes_have_the_documented_fields(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    sender, reader = connect(ada), connect(bob)
    ack = post(sender, room, "hi")
    reader.message(room.pk, id=ack["id"])
    [changes] = reader.changes(room.pk)
    assert changes.keys() == CHANGES_FIELDS
    assert (changes["from"], changes["to"]) == (ack["version"] - 1, ack["version"])
    assert (changes["members"], changes["info"]) == ([], None)
    assert (changes["more"], changes["reset"], changes["ref"]) == (False, False, None)


def test_strangers_get_nothing(
    connect: Connect, ada: Member, bob: Member, eve: Member, room: Room
) -> None:
    common = make_room("public", [eve], owner=ada)
    sender, stranger = connect(ada), connect(eve)
    post(sender, room, "not for eve")
    fence = post(sender, common, "for eve")
    stranger.message(common.pk, id=fence["id"])
    assert stranger.changes(room.pk) == []


def test_all_sockets_see_one_order_without_gaps(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    """Two members speak at the same time; four sockets, on several processes where there are."""
    sockets = [connect(member) for member in (ada, bob, ada, bob)]
    start = room_in(sockets[0].hello, room)["version"]
    count = 20
    for number in range(count):
        for socket in sockets[:2]:
            body = f"{number} of {id(socket)}"
            socket.send("send", room=room.pk, client_id=new_client_id(), body=body)
    for socket in sockets:
        socket.message(room.pk, seq=2 * count)
        at = start
        for frame in socket.changes(room.pk):
            assert frame["from"] == at, "a gap, or a frame out of order"
            at = frame["to"]
        assert at == start + 2 * count
        rows = socket.messages(room.pk)
        assert [row["seq"] for row in rows] == list(range(1, 2 * count + 1))
        assert [row["version"] for row in rows] == list(range(start + 1, start + 2 * count + 1))
    [order] = {tuple(row["id"] for row in socket.messages(room.pk)) for socket in sockets}
    assert list(order) == list(
        Message.objects.filter(room=room).order_by("version").values_list("pk", flat=True)
    )


# --- The body ---


@pytest.mark.parametrize("body", ["  hi\n", "\t\nhi", "hi\u00a0", "\u3000hi\u2003"])
def test_a_body_is_trimmed(connect: Connect, ada: Member, room: Room, body: str) -> None:
    socket = connect(ada)
    ack = post(socket, room, body)
    assert socket.message(room.pk, id=ack["id"])["body"] == "hi"


def test_lines_and_spaces_within_a_body_stay(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    body = "one\n\n    two  three\n\n- four"
    ack = post(socket, room, body)
    assert socket.message(room.pk, id=ack["id"])["body"] == body


@pytest.mark.parametrize("body", ["", " ", "\n\t ", "\u00a0\u2003"])
def test_an_empty_body_is_invalid(connect: Connect, ada: Member, room: Room, body: str) -> None:
    error = connect(ada).refused("send", room=room.pk, client_id=new_client_id(), body=body)
    assert error["code"] == "invalid"
    assert "body" in error["detail"]
    assert not Message.objects.filter(room=room).exists()


@pytest.mark.parametrize("letter", ["a", "é", "漢", "🐘"])
def test_the_limit_counts_code_points(
    connect: Connect, ada: Member, room: Room, letter: str
) -> None:
    socket = connect(ada)
    limit = socket.hello["limits"]["body"]
    ack = post(socket, room, letter * limit)
    assert socket.message(room.pk, id=ack["id"])["body"] == letter * limit
    error = socket.refused(
        "send", room=room.pk, client_id=new_client_id(), body=letter * (limit + 1)
    )
    assert error["code"] == "too_large"
    assert Message.objects.filter(room=room).count() == 1


def test_what_is_trimmed_does_not_count(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    post(socket, room, "  " + "a" * socket.hello["limits"]["body"] + "\n" * 50)


@pytest.mark.parametrize("escaped", [r"\u0000", r"a\u0000b", r"\ud800", r"a\udfffb"])
def test_what_no_database_stores_is_refused(
    connect: Connect, ada: Member, room: Room, escaped: str
) -> None:
    """NUL, and half of a surrogate pair."""
    socket = connect(ada)
    socket.socket.send(
        f'{{"type":"send","ref":"x","room":{room.pk},'
        f'"client_id":"{new_client_id()}","body":"{escaped}"}}'
    )
    error = socket.expect("error")
    assert error["code"] in {"invalid", "bad_frame"}
    post(socket, room, "and the socket still works")
    assert Message.objects.filter(room=room).count() == 1


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        '![x](x"onerror="alert(1))',
        "<a href='jav&#x09;ascript:alert(1)'>x</a>",
        "`<b>`",
    ],
)
def test_nothing_from_a_person_becomes_markup_of_theirs(
    connect: Connect, ada: Member, room: Room, body: str
) -> None:
    """Of what looks like markup, nothing is left that could do anything."""
    socket = connect(ada)
    markup = Markup()
    markup.feed(socket.message(room.pk, id=post(socket, room, body)["id"])["html"])
    assert set(markup.tags) <= {"p", "code", "a"}
    assert {name for name, _ in markup.attributes} <= {"href", "rel"}
    assert not any((value or "").lower().startswith("java") for _, value in markup.attributes)


def test_a_member_who_is_named_is_mentioned(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    socket = connect(ada)
    ack = post(socket, room, f"hi @{bob.username}, have a look")
    row = socket.message(room.pk, id=ack["id"])
    assert row["mentions"] == [bob.id]
    assert f'data-user="{bob.id}"' in row["html"]
    assert Mention.objects.filter(message=ack["id"], user=bob.id).exists()


def test_a_stranger_who_is_named_in_a_private_room_is_not_mentioned(
    connect: Connect, ada: Member, eve: Member, private_room: Room
) -> None:
    socket = connect(ada)
    ack = post(socket, private_room, f"not for @{eve.username}")
    assert socket.message(private_room.pk, id=ack["id"])["mentions"] == []


# --- Replies and threads ---


def test_a_reply_names_the_message_it_answers(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    first = make_message(room, bob)
    socket = connect(ada)
    ack = post(socket, room, "yes", reply_to=first.pk)
    assert socket.message(room.pk, id=ack["id"])["reply_to"] == first.pk


def test_a_message_in_a_thread_names_where_it_began(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    first = make_message(room, bob)
    socket = connect(ada)
    ack = post(socket, room, "yes", thread=first.pk)
    assert socket.message(room.pk, id=ack["id"])["thread"] == first.pk


@pytest.mark.parametrize("field", ["reply_to", "thread"])
def test_another_rooms_message_cannot_be_answered(
    connect: Connect, ada: Member, room: Room, field: str
) -> None:
    elsewhere = make_message(make_room(owner=ada), ada)
    unused = Message.objects.order_by("-pk")[0].pk + 10_000
    socket = connect(ada)
    for message in (elsewhere.pk, unused):
        error = socket.refused(
            "send", room=room.pk, client_id=new_client_id(), body="yes", **{field: message}
        )
        assert error["code"] == "not_found"
    assert not Message.objects.filter(room=room).exists()


# --- The retry ---


def test_a_retry_gets_the_first_ack_and_stores_nothing(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    client_id = new_client_id()
    reader = connect(bob)
    first = post(connect(ada), room, "once", client_id=client_id)
    again = connect(ada)
    version = room_in(again.hello, room)["version"]
    second = post(again, room, "once", client_id=client_id)
    assert {**second, "ref": 1} == {**first, "ref": 1}
    after = post(again, room, "after")
    assert after["version"] == version + 1
    reader.message(room.pk, id=after["id"])
    assert [row["body"] for row in reader.messages(room.pk)] == ["once", "after"]


def test_another_body_in_a_retry_is_ignored(connect: Connect, ada: Member, room: Room) -> None:
    client_id = new_client_id()
    socket = connect(ada)
    first = post(socket, room, "as it was", client_id=client_id)
    second = post(socket, room, "as it was not", client_id=client_id)
    assert second["id"] == first["id"]
    assert Message.objects.get(pk=first["id"]).body == "as it was"


def test_a_retry_after_an_edit_or_deletion_gets_the_first_ack(
    connect: Connect, ada: Member, room: Room
) -> None:
    client_id = new_client_id()
    socket = connect(ada)
    first = post(socket, room, "a", client_id=client_id)
    messages.edit(ada.user, first["id"], "b")
    assert {**post(socket, room, "a", client_id=client_id), "ref": 1} == first
    messages.remove(ada.user, first["id"])
    assert {**post(socket, room, "a", client_id=client_id), "ref": 1} == first
    assert Message.objects.get(pk=first["id"]).body == ""


def test_a_retry_gets_its_ack_although_the_room_was_locked_since(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    client_id = new_client_id()
    first = post(connect(bob), room, "just in time", client_id=client_id)
    rooms.lock(ada.user, room.pk, True)
    assert post(connect(bob), room, "just in time", client_id=client_id) == first


def test_two_retries_at_once_end_as_one_message(connect: Connect, ada: Member, room: Room) -> None:
    sockets = [connect(ada) for _ in range(4)]
    for _ in range(4):
        client_id = new_client_id()
        refs = [
            socket.send("send", room=room.pk, client_id=client_id, body="once")
            for socket in sockets
        ]
        acks = [socket.answer(ref) for socket, ref in zip(sockets, refs, strict=True)]
        assert {ack["type"] for ack in acks} == {"ack"}
        assert len({(ack["id"], ack["seq"], ack["version"]) for ack in acks}) == 1
        assert Message.objects.filter(room=room, client_id=client_id).count() == 1


def test_the_same_client_id_of_another_author_is_another_message(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    client_id = new_client_id()
    first = post(connect(ada), room, "mine", client_id=client_id)
    second = post(connect(bob), room, "mine too", client_id=client_id)
    assert second["id"] != first["id"]
    assert second["seq"] == first["seq"] + 1


def test_the_same_client_id_in_another_room_is_another_message(
    connect: Connect, ada: Member, room: Room
) -> None:
    client_id = new_client_id()
    socket = connect(ada)
    first = post(socket, room, "here", client_id=client_id)
    second = post(socket, make_room(owner=ada), "there", client_id=client_id)
    assert second["id"] != first["id"]


# --- What is wrong with a frame ---


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("room", None), ("room", "12"), ("room", 1.5), ("room", True), ("room", []), ("room", -1),
        ("room", 2**63), ("room", 10**30), ("client_id", None), ("client_id", 7),
        ("client_id", "not-a-uuid"), ("client_id", ""), ("body", None), ("body", 7), ("body", []),
        ("reply_to", "7"), ("reply_to", 1.5), ("thread", {}), ("attachments", 7),
    ],
)  # fmt: skip
def test_a_wrong_field_is_invalid_and_named(
    connect: Connect, ada: Member, room: Room, field: str, value: object
) -> None:
    frame = {"room": room.pk, "client_id": new_client_id(), "body": "hi", field: value}
    error = connect(ada).refused("send", **frame)
    if field == "room" and value in (-1, 2**63, 10**30):
        assert error["code"] in {"invalid", "not_found"}
    else:
        assert error["code"] == "invalid"
        assert field in error["detail"]
    assert not Message.objects.filter(room=room).exists()


@pytest.mark.parametrize("field", ["room", "client_id", "body"])
def test_a_missing_field_is_invalid_and_named(
    connect: Connect, ada: Member, room: Room, field: str
) -> None:
    frame = {"room": room.pk, "client_id": new_client_id(), "body": "hi"}
    del frame[field]
    error = connect(ada).refused("send", **frame)
    assert error["code"] == "invalid"
    assert field in error["detail"]


def test_unknown_fields_are_ignored(connect: Connect, ada: Member, room: Room) -> None:
    post(connect(ada), room, "hi", colour="blue", user=make_member().id)
    assert Message.objects.get(room=room).author_id == ada.id
