"""The member's own list of rooms as it changes: joining, leaving, being invited and removed."""

from uuid import uuid4

import pytest

from chat.models import Room
from tests.factories import Member, add_member, make_history, make_message, make_room
from tests.live.conftest import Browse, Connect
from tests.live.shapes import ROOM_FIELDS, room_in


def post(room: Room) -> dict[str, object]:
    """Return the fields of a `send` to ``room``."""
    return {"room": room.pk, "client_id": str(uuid4()), "body": "hi"}


def test_one_who_joins_is_told_of_the_room_and_then_gets_its_changes(
    connect: Connect, browse: Browse, ada: Member, eve: Member, room: Room
) -> None:
    make_history(room, [ada], 3)
    phone, desk, speaker = connect(eve), connect(eve), connect(ada)
    assert phone.hello["rooms"] == []
    assert browse(eve).post(f"/api/v1/rooms/{room.pk}/membership").status_code == 200
    for socket in (phone, desk):
        joined = socket.expect("room")["joined"]
        assert joined.keys() >= ROOM_FIELDS
        assert (joined["id"], joined["slug"], joined["name"]) == (room.pk, room.slug, room.name)
        assert (joined["version"], joined["last_seq"]) == (room.version + 1, 3)
        assert joined["role"] == "member"
    ack = speaker.acked("send", **post(room))
    for socket in (phone, desk):
        socket.message(room.pk, id=ack["id"])
        first = socket.changes(room.pk)[0]
        assert first["from"] <= room.version + 1


def test_the_others_see_who_joined(
    connect: Connect, browse: Browse, ada: Member, eve: Member, room: Room
) -> None:
    watcher = connect(ada)
    browse(eve).post(f"/api/v1/rooms/{room.pk}/membership")
    row = watcher.member(room.pk, eve.id)
    room.refresh_from_db()
    assert (row["role"], row["name"], row["version"]) == ("member", "Eve", room.version)


def test_one_who_leaves_is_told_and_gets_nothing_more(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    common = make_room("public", [bob], owner=ada)
    leaver, speaker = connect(bob), connect(ada)
    assert browse(bob).delete(f"/api/v1/rooms/{room.pk}/membership").is_success
    assert leaver.expect("room") == {"type": "room", "left": room.pk}
    assert speaker.member(room.pk, bob.id)["role"] is None
    before = len(leaver.changes(room.pk))
    speaker.acked("send", **post(room))
    fence = speaker.acked("send", **post(common))
    leaver.message(common.pk, id=fence["id"])
    assert len(leaver.changes(room.pk)) == before
    assert leaver.refused("send", **post(room))["code"] == "forbidden"


def test_one_who_leaves_a_private_room_never_knew_it(
    connect: Connect, browse: Browse, bob: Member, private_room: Room
) -> None:
    leaver = connect(bob)
    browse(bob).delete(f"/api/v1/rooms/{private_room.pk}/membership")
    leaver.expect("room", left=private_room.pk)
    assert leaver.refused("send", **post(private_room))["code"] == "not_found"


def test_one_who_comes_back_starts_from_the_version_of_the_room_event(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    socket, speaker = connect(bob), connect(ada)
    browser = browse(bob)
    browser.delete(f"/api/v1/rooms/{room.pk}/membership")
    socket.expect("room", left=room.pk)
    missed = speaker.acked("send", **post(room))
    browser.post(f"/api/v1/rooms/{room.pk}/membership")
    joined = socket.expect("room")["joined"]
    assert joined["version"] == missed["version"] + 1
    ack = speaker.acked("send", **post(room))
    socket.message(room.pk, id=ack["id"])
    assert missed["id"] not in {row["id"] for row in socket.messages(room.pk)}


def test_one_who_is_invited_is_told(
    connect: Connect, browse: Browse, ada: Member, eve: Member, private_room: Room
) -> None:
    guest, host = connect(eve), connect(ada)
    answer = browse(ada).post(f"/api/v1/rooms/{private_room.pk}/members", json={"user": eve.id})
    assert answer.is_success, answer.text
    assert guest.expect("room")["joined"]["id"] == private_room.pk
    ack = host.acked("send", **post(private_room))
    guest.message(private_room.pk, id=ack["id"])


def test_one_who_is_removed_is_told_and_gets_nothing_more(
    connect: Connect, browse: Browse, ada: Member, bob: Member, private_room: Room
) -> None:
    common = make_room("public", [bob], owner=ada)
    removed, speaker = connect(bob), connect(ada)
    answer = browse(ada).delete(f"/api/v1/rooms/{private_room.pk}/members/{bob.id}")
    assert answer.is_success, answer.text
    assert removed.expect("room") == {"type": "room", "left": private_room.pk}
    speaker.acked("send", **post(private_room))
    fence = speaker.acked("send", **post(common))
    removed.message(common.pk, id=fence["id"])
    assert removed.messages(private_room.pk) == []


def test_a_direct_conversation_appears_for_the_other(
    connect: Connect, browse: Browse, ada: Member, eve: Member
) -> None:
    other = connect(eve)
    room = browse(ada).post("/api/v1/direct", json={"users": [eve.id]}).json()
    joined = other.expect("room")["joined"]
    assert (joined["id"], joined["kind"], joined["name"]) == (room["id"], "direct", "Ada")


def test_a_room_one_makes_appears_on_ones_other_devices(
    connect: Connect, browse: Browse, ada: Member
) -> None:
    desk = connect(ada)
    made = browse(ada).post("/api/v1/rooms", json={"kind": "public", "name": "Brand new"})
    joined = desk.expect("room")["joined"]
    assert (joined["id"], joined["name"], joined["role"]) == (
        made.json()["id"],
        "Brand new",
        "owner",
    )


def test_a_new_name_topic_or_lock_comes_as_the_rooms_own_row(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    watcher = connect(bob)
    version = room_in(watcher.hello, room)["version"]
    for number, change in enumerate(
        ({"name": "Renamed"}, {"topic": "Anything"}, {"locked": True}), start=1
    ):
        answer = browse(ada).patch(f"/api/v1/rooms/{room.pk}", json=change)
        assert answer.is_success, answer.text
        frame = watcher.wait(
            lambda frame, to=version + number: frame["type"] == "changes" and frame["to"] == to,
            "the change of the room",
        )
        assert change.items() <= frame["info"].items()
        assert frame["info"]["version"] == version + number


def test_a_change_of_role_comes_as_a_members_row(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    watcher = connect(bob)
    answer = browse(ada).patch(
        f"/api/v1/rooms/{room.pk}/members/{bob.id}", json={"role": "moderator"}
    )
    assert answer.is_success, answer.text
    assert watcher.member(room.pk, bob.id)["role"] == "moderator"


def test_what_is_done_over_http_is_seen_live(
    connect: Connect, browse: Browse, ada: Member, bob: Member, room: Room
) -> None:
    watcher, browser = connect(bob), browse(ada)
    sent = browser.post(
        f"/api/v1/rooms/{room.pk}/messages", json={"client_id": str(uuid4()), "body": "by hand"}
    )
    assert sent.is_success, sent.text
    message = sent.json()["id"]
    assert watcher.message(room.pk, id=message)["body"] == "by hand"
    assert browser.patch(f"/api/v1/messages/{message}", json={"body": "by mouth"}).is_success
    assert watcher.message(room.pk, id=message, body="by mouth")
    assert browser.delete(f"/api/v1/messages/{message}").is_success
    assert watcher.message(room.pk, id=message, deleted=True)


@pytest.mark.parametrize("kind", ["private", "direct"])
def test_history_over_http_is_what_came_live(
    connect: Connect, browse: Browse, ada: Member, bob: Member, kind: str
) -> None:
    room = make_room(kind, [ada, bob])
    make_history(room, [ada, bob], 30)
    socket = connect(ada)
    ack = socket.acked("send", **post(room))
    row = socket.message(room.pk, id=ack["id"])
    page = browse(bob).get(f"/api/v1/rooms/{room.pk}/messages?limit=10").json()
    assert (page["version"], page["last_seq"]) == (ack["version"], 31)
    assert [message["seq"] for message in page["messages"]] == list(range(22, 32))
    assert page["messages"][-1] == row


def test_who_joins_reads_what_was_said_before_over_http(
    browse: Browse, ada: Member, eve: Member, private_room: Room
) -> None:
    message = make_message(private_room, ada, "before eve")
    assert browse(eve).get(f"/api/v1/rooms/{private_room.pk}/messages").status_code == 404
    add_member(private_room, eve, by=ada)
    page = browse(eve).get(f"/api/v1/rooms/{private_room.pk}/messages").json()
    assert [row["id"] for row in page["messages"]] == [message.pk]
