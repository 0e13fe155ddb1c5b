"""Frames that are refused: each with its code, changing nothing, closing nothing but for abuse."""

import json
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from chat.models import Membership, Message, Room
from chat.services import members, messages, rooms
from tests.factories import Member, make_message
from tests.live.client import ABNORMAL, Client, Frame
from tests.live.conftest import Connect
from tests.live.shapes import assert_now

DEEP = 5000  # arrays within each other
MEBIBYTE = 1024 * 1024
ABUSE = 20  # refusals within ten seconds


def assert_still_works(client: Client, room: Room) -> None:
    """Fail unless a message can be sent over the socket."""
    client.acked("send", room=room.pk, client_id=str(uuid4()), body="still here")


def send_text(client: Client, text: str | bytes) -> None:
    """Send a text message as it is."""
    client.socket.send(text if isinstance(text, bytes) else text.encode(), text=True)


# --- bad_frame ---


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "hi", "{", "{]", '{"type":"ping"', '{"type":"ping"} x', "nul", "NaN",
        '{"type":"ping","x":NaN}', '{"type":"ping","x":Infinity}', "{'type':'ping'}",
        '{"type":"ping",}', "[]", '[{"type":"ping"}]', '"ping"', "7", "null", "true",
        "[" * DEEP + "]" * DEEP,
        '{"type":"ping","x":' + "[" * DEEP + "]" * DEEP + "}",
        '{"type":"ping","x":' + '{"x":' * DEEP + "1" + "}" * DEEP + "}",
    ],
    ids=lambda text: text[:24] or "empty",
)  # fmt: skip
def test_what_is_no_json_object_is_a_bad_frame(
    connect: Connect, ada: Member, room: Room, text: str
) -> None:
    socket = connect(ada)
    send_text(socket, text)
    error = socket.expect("error")
    assert (error["code"], error.get("ref")) == ("bad_frame", None)
    assert isinstance(error["detail"], str)
    assert_still_works(socket, room)


@pytest.mark.parametrize("message", [b"", b"\x00\xff", b'{"type":"ping","ref":1}'])
def test_a_binary_message_is_a_bad_frame(
    connect: Connect, ada: Member, room: Room, message: bytes
) -> None:
    socket = connect(ada)
    socket.socket.send(message)
    assert socket.expect("error")["code"] == "bad_frame"
    assert_still_works(socket, room)


def test_a_message_in_fragments_is_one_message(connect: Connect, ada: Member) -> None:
    socket = connect(ada)
    socket.socket.send(['{"type":', '"ping","re', 'f":"x"}'])
    assert socket.answer("x")["type"] == "pong"


def test_twenty_bad_frames_close_the_socket(connect: Connect, ada: Member) -> None:
    socket = connect(ada)
    for _ in range(ABUSE):
        send_text(socket, "{")
    assert socket.close_code() == 4400
    assert len(socket.seen("error")) <= ABUSE


def test_fewer_do_not(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    for _ in range(ABUSE - 1):
        send_text(socket, "{")
    assert_still_works(socket, room)
    assert len(socket.seen("error")) == ABUSE - 1


# --- invalid ---


@pytest.mark.parametrize(
    "type", ["nonsense", "", "SEND", "hello", "changes", "ack", "__class__", None, 7, ["send"], {}]
)
def test_an_unknown_type_is_invalid(
    connect: Connect, ada: Member, room: Room, type: object
) -> None:
    socket = connect(ada)
    socket.say({"type": type, "ref": "x"})
    error = socket.answer("x")
    assert (error["type"], error["code"]) == ("error", "invalid")
    assert "type" in error["detail"]
    assert_still_works(socket, room)


def test_a_frame_without_type_is_invalid(connect: Connect, ada: Member) -> None:
    socket = connect(ada)
    socket.say({"ref": "x"})
    error = socket.answer("x")
    assert error["code"] == "invalid"
    assert "type" in error["detail"]


@pytest.mark.parametrize("ref", [1.5, True, [], {}, [1], {"x": 1}])
def test_a_ref_that_is_neither_string_nor_integer_is_invalid(
    connect: Connect, ada: Member, room: Room, ref: object
) -> None:
    socket = connect(ada)
    socket.say(
        {"type": "send", "ref": ref, "room": room.pk, "client_id": str(uuid4()), "body": "x"}
    )
    error = socket.expect("error")
    assert (error["code"], error["ref"]) == ("invalid", None)
    assert not Message.objects.filter(room=room).exists()


def test_a_bad_field_does_not_lose_the_ref(connect: Connect, ada: Member) -> None:
    socket = connect(ada)
    socket.say({"room": [], "type": "send", "ref": "mine"})
    assert socket.answer("mine")["code"] == "invalid"


# --- ping ---


def test_ping_is_answered_with_the_time(connect: Connect, ada: Member) -> None:
    answer = connect(ada).ask("ping")
    assert (answer["type"], answer["ref"]) == ("pong", 1)
    assert_now(answer["server_time"])


# --- too_large ---


def frame_of(size: int, room: Room) -> str:
    """Return a `send` of exactly ``size`` bytes."""
    frame = {"type": "send", "ref": "x", "room": room.pk, "client_id": str(uuid4()), "body": "x"}
    empty = len(json.dumps({**frame, "padding": ""}))
    return json.dumps({**frame, "padding": "p" * (size - empty)})


def test_a_frame_of_the_limit_is_taken(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    send_text(socket, frame_of(socket.hello["limits"]["frame"], room))
    assert socket.answer("x")["type"] == "ack"


@pytest.mark.parametrize("size", [65536 + 1, 300_000, MEBIBYTE])
def test_a_frame_over_the_limit_is_too_large(
    connect: Connect, ada: Member, room: Room, size: int
) -> None:
    socket = connect(ada)
    send_text(socket, frame_of(size, room))
    assert socket.expect("error")["code"] == "too_large"
    assert not Message.objects.filter(room=room).exists()
    assert_still_works(socket, room)


def test_the_limit_counts_bytes(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    send_text(socket, json.dumps({"type": "ping", "x": "漢" * 30_000}, ensure_ascii=False))
    assert socket.expect("error")["code"] == "too_large"


@pytest.mark.parametrize("binary", [False, True])
def test_a_frame_over_a_mebibyte_closes_the_socket(
    connect: Connect, ada: Member, room: Room, binary: bool
) -> None:
    socket = connect(ada)
    text = frame_of(MEBIBYTE + 1, room).encode()
    with suppress(ConnectionClosed):  # it may be closed while we are still sending
        socket.socket.send(text, text=not binary)
    assert socket.close_code() in {4413, 1009, ABNORMAL}
    assert not Message.objects.filter(room=room).exists()


@pytest.mark.parametrize(
    "text", [b"\xff", b'{"type":"ping","x":"\xc3\x28"}', b"\xed\xa0\x80", b'{"type":"ping"}\xc3']
)
def test_invalid_utf_8_closes_the_socket(connect: Connect, ada: Member, text: bytes) -> None:
    socket = connect(ada)
    send_text(socket, text)
    assert socket.close_code() == 1007


# --- forbidden ---


def everything_a_member_does(room: Room, message: Message) -> list[tuple[str, Frame]]:
    """Return a command of each kind that changes something in ``room``, by ``message``'s author."""
    return [
        ("send", {"room": room.pk, "client_id": str(uuid4()), "body": "x"}),
        ("edit", {"message": message.pk, "body": "x"}),
        ("delete", {"message": message.pk}),
        ("react", {"message": message.pk, "emoji": "👍", "on": True}),
    ]


@pytest.mark.parametrize("how", ["locked", "archived"])
def test_in_a_closed_room_members_read_and_nothing_else(
    connect: Connect, ada: Member, bob: Member, room: Room, how: str
) -> None:
    message = make_message(room, bob, "before")
    close = rooms.lock if how == "locked" else rooms.archive
    close(ada.user, room.pk, True)
    socket = connect(bob)
    for type, fields in everything_a_member_does(room, message):
        assert socket.refused(type, **fields)["code"] == "forbidden", type
    message.refresh_from_db()
    assert (message.body, message.is_tombstone) == ("before", False)
    socket.acked("read", room=room.pk, seq=1)
    assert socket.ask("sync", rooms={str(room.pk): 0})["type"] == "changes"
    close(ada.user, room.pk, False)
    socket.acked("send", room=room.pk, client_id=str(uuid4()), body="again")


def test_a_muted_member_is_refused(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    members.mute(ada.user, room.pk, bob.id, timezone.now() + timedelta(hours=1))
    socket = connect(bob)
    error = socket.refused("send", room=room.pk, client_id=str(uuid4()), body="x")
    assert error["code"] == "forbidden"
    members.mute(ada.user, room.pk, bob.id, None)
    assert_still_works(socket, room)


def test_in_a_public_room_one_has_not_joined_every_command_is_forbidden(
    connect: Connect, ada: Member, eve: Member, room: Room
) -> None:
    message = make_message(room, ada)
    socket = connect(eve)
    more = [
        ("read", {"room": room.pk, "seq": 1}),
        ("typing", {"room": room.pk, "on": True}),
        ("focus", {"room": room.pk, "visible": True}),
        ("sync", {"rooms": {str(room.pk): 0}}),
    ]
    for type, fields in everything_a_member_does(room, message) + more:
        assert socket.refused(type, **fields)["code"] == "forbidden", type
    assert not Membership.objects.filter(room=room, user=eve.id).exists()


# --- rate_limited and slow_mode ---


def test_too_much_is_rate_limited_and_says_when_to_come_back(
    connect: Connect, ada: Member, room: Room
) -> None:
    socket = connect(ada)
    limit = 200
    for number in range(limit):
        ref = socket.send("send", room=room.pk, client_id=str(uuid4()), body=f"number {number}")
        answer = socket.answer(ref)
        if answer["type"] == "error":
            break
    assert answer["code"] == "rate_limited", f"{limit} messages at once were taken"
    assert answer["retry_after"] > 0
    assert Message.objects.filter(room=room).count() == number
    assert socket.ask("ping")["type"] == "pong", "a single one does not close the socket"


def test_twenty_rate_limited_close_the_socket(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    with suppress(ConnectionClosed):
        for number in range(400):
            socket.send("send", room=room.pk, client_id=str(uuid4()), body=f"number {number}")
    assert socket.close_code() == 4429
    refused = [frame for frame in socket.seen("error") if frame["code"] == "rate_limited"]
    assert len(refused) <= ABUSE
    stored = Message.objects.filter(room=room).count()
    assert stored >= len(socket.seen("ack"))


def test_slow_mode_asks_for_a_pause(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    rooms.update(ada.user, room.pk, slow_mode=60)
    socket = connect(bob)
    socket.acked("send", room=room.pk, client_id=str(uuid4()), body="first")
    error = socket.refused("send", room=room.pk, client_id=str(uuid4()), body="second")
    assert error["code"] == "slow_mode"
    assert 50 < error["retry_after"] <= 60
    assert Message.objects.filter(room=room, author=bob.id).count() == 1


def test_slow_mode_is_for_each_member(
    connect: Connect, ada: Member, bob: Member, eve: Member, room: Room
) -> None:
    members.join(eve.user, room.pk)
    rooms.update(ada.user, room.pk, slow_mode=60)
    for member in (bob, eve):
        connect(member).acked("send", room=room.pk, client_id=str(uuid4()), body="mine")


def test_a_retry_is_not_slowed(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    rooms.update(ada.user, room.pk, slow_mode=60)
    client_id = str(uuid4())
    first = connect(bob).acked("send", room=room.pk, client_id=client_id, body="once")
    assert connect(bob).acked("send", room=room.pk, client_id=client_id, body="once") == first


# --- unavailable ---


def test_where_the_database_does_not_answer_it_is_unavailable_and_safe_to_retry(
    connect: Connect, ada: Member, room: Room
) -> None:
    socket = connect(ada)
    client_id = str(uuid4())
    with transaction.atomic():  # on SQLite this locks the file, on Postgres the room's row
        Room.objects.select_for_update().get(pk=room.pk)
        ref = socket.send("send", room=room.pk, client_id=client_id, body="once")
        error = socket.wait(lambda frame: frame.get("ref") == ref, "an error", timeout=20)
        assert (error["type"], error["code"]) == ("error", "unavailable")
    socket.acked("send", room=room.pk, client_id=client_id, body="once")
    assert Message.objects.filter(room=room).count() == 1


def test_a_refusal_takes_no_version(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    message = make_message(room, ada)
    room.refresh_from_db()
    before = room.version
    socket = connect(bob)
    socket.refused("edit", message=message.pk, body="x")
    socket.refused("send", room=room.pk, client_id=str(uuid4()), body="")
    socket.refused("send", room=room.pk, client_id=str(uuid4()), body="x", reply_to=1)
    room.refresh_from_db()
    assert room.version == before
    messages.react(ada.user, message.pk, "👍", True)
    room.refresh_from_db()
    assert room.version == before + 1
