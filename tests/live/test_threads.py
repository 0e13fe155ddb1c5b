"""Threads on the socket: what a reply brings, and that a member's devices agree on what is read."""

from uuid import uuid4

from chat.models import Room
from chat.services import threads
from tests.factories import Member, make_message
from tests.live.conftest import Browse, Connect


def test_a_reply_comes_with_the_first_message_of_its_thread(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    root = make_message(room, ada)
    in_ada, in_bob = connect(ada), connect(bob)
    ack = in_bob.acked(
        "send", room=room.pk, client_id=str(uuid4()), body="yes", thread=root.pk, in_room=True
    )
    rows = {row["id"]: row for row in in_ada.expect("changes", to=ack["version"])["messages"]}
    assert set(rows) == {root.pk, ack["id"]}
    assert (rows[ack["id"]]["thread"], rows[ack["id"]]["in_room"]) == (root.pk, True)
    assert rows[root.pk]["replies"]["count"] == 1
    assert {row["version"] for row in rows.values()} == {ack["version"]}


def test_a_thread_on_a_deleted_message_is_refused_in_words(
    connect: Connect, ada: Member, room: Room
) -> None:
    root = make_message(room, ada)
    in_ada = connect(ada)
    in_ada.acked("delete", message=root.pk)
    error = in_ada.refused("send", room=room.pk, client_id=str(uuid4()), body="yes", thread=root.pk)
    assert (error["code"], "was deleted" in error["detail"]) == ("not_found", True)


def test_reading_in_a_thread_is_told_to_the_members_own_devices(
    connect: Connect, ada: Member, bob: Member, room: Room, browse: Browse
) -> None:
    root = make_message(room, ada)
    reply = make_message(room, bob, thread=root.pk)
    phone, desk, other = connect(ada), connect(ada), connect(bob)
    path = f"/api/v1/messages/{root.pk}/thread/read"
    answer = browse(ada).post(path, json={"seq": reply.seq})
    assert answer.status_code == 200
    for device in (phone, desk):
        assert device.expect("thread") == {
            "type": "thread", "room": room.pk, "thread": root.pk, "read_seq": reply.seq,
            "following": True,
        }  # fmt: skip
    other.settle()
    assert other.seen("thread") == []
    assert threads.page(ada.user, root.pk).standing.unread == 0
