"""Recovering: what changed since a version, page by page, or a reset."""

import json
from typing import Any

import pytest

from chat.models import Message, Room
from chat.services import members, messages, rooms
from tests.factories import Member, make_history, make_member, make_message, make_room
from tests.live.client import Client, Frame
from tests.live.conftest import Connect
from tests.live.shapes import CHANGES_FIELDS, room_in

FRAME_MOST = 512 * 1024  # bytes, of a frame from the server
RESET_BEYOND = 1000  # changes


def sync(client: Client, room: Room, since: int) -> Frame:
    """Ask for what changed in ``room`` since a version and return the answer."""
    answer = client.ask("sync", rooms={str(room.pk): since})
    assert answer["type"] == "changes", answer
    assert answer["room"] == room.pk
    return answer


def sync_all(client: Client, room: Room, since: int) -> list[Frame]:
    """Ask page after page as the protocol says, and return the pages."""
    pages = [sync(client, room, since)]
    while pages[-1]["more"]:
        assert pages[-1]["to"] > pages[-1]["from"], "a page brings one on"
        pages.append(sync(client, room, pages[-1]["to"]))
    return pages


def rows(pages: list[Frame]) -> list[dict[str, Any]]:
    """Return the rows of messages of all ``pages``."""
    return [row for page in pages for row in page["messages"]]


def test_where_nothing_changed_there_are_no_rows(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    version = room_in(socket.hello, room)["version"]
    assert sync(socket, room, version) == {
        "type": "changes", "ref": 1, "room": room.pk, "from": version, "to": version,
        "messages": [], "members": [], "info": None, "more": False, "reset": False,
    }  # fmt: skip


def test_what_changed_comes_as_rows_as_they_stand(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    socket = connect(ada)
    since = room_in(socket.hello, room)["version"]
    first, second = make_message(room, bob, "one"), make_message(room, bob, "two")
    messages.edit(bob.user, first.pk, "one, corrected")
    messages.react(ada.user, first.pk, "👍", True)
    messages.remove(bob.user, second.pk)
    answer = sync(socket, room, since)
    assert answer.keys() == CHANGES_FIELDS
    assert (answer["from"], answer["to"]) == (since, since + 5)
    assert (answer["more"], answer["reset"]) == (False, False)
    by_id = {row["id"]: row for row in answer["messages"]}
    assert len(answer["messages"]) == len(by_id) == 2
    assert by_id[first.pk]["body"] == "one, corrected"
    assert by_id[first.pk]["version"] == since + 4
    assert by_id[first.pk]["reactions"] == [{"emoji": "👍", "users": [ada.id]}]
    assert by_id[second.pk]["deleted"] is True
    assert by_id[second.pk]["version"] == since + 5


def test_a_synced_row_is_the_row_that_came_live(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    live = connect(bob)
    since = room_in(live.hello, room)["version"]
    connect(ada).acked("send", room=room.pk, client_id="8" * 32, body=f"`hi` @{bob.username}")
    row = live.message(room.pk, version=since + 1)
    assert sync(live, room, since)["messages"] == [row]


def test_only_what_is_newer_comes(connect: Connect, ada: Member, room: Room) -> None:
    sent = [make_message(room, ada) for _ in range(4)]
    answer = sync(connect(ada), room, sent[1].version)
    assert [row["id"] for row in answer["messages"]] == [sent[2].pk, sent[3].pk]


def test_who_joined_left_and_changed_role_comes_too(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    socket = connect(ada)
    since = room_in(socket.hello, room)["version"]
    newcomer, gone = make_member(display_name="New"), make_member()
    members.join(newcomer.user, room.pk)
    members.join(gone.user, room.pk)
    members.leave(gone.user, room.pk)
    members.set_role(ada.user, room.pk, bob.id, "moderator")
    answer = sync(socket, room, since)
    by_user = {row["user"]: row for row in answer["members"]}
    assert by_user.keys() == {newcomer.id, gone.id, bob.id}
    assert by_user[newcomer.id]["role"] == "member"
    assert by_user[newcomer.id]["name"] == "New"
    assert by_user[gone.id]["role"] is None
    assert by_user[bob.id]["role"] == "moderator"


def test_the_rooms_own_row_comes_when_it_changed(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    since = room_in(socket.hello, room)["version"]
    rooms.update(ada.user, room.pk, name="Renamed", topic="New")
    rooms.lock(ada.user, room.pk, True)
    info = sync(socket, room, since)["info"]
    assert (info["name"], info["topic"], info["locked"]) == ("Renamed", "New", True)
    assert info["version"] == since + 2


def test_a_room_can_be_synced_from_its_beginning(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    make_history(room, [ada, bob], 20)
    [page] = sync_all(connect(ada), room, 0)
    assert (page["from"], page["to"]) == (0, room.version)
    assert [row["seq"] for row in page["messages"]] == list(range(1, 21))
    assert {row["user"] for row in page["members"]} == {ada.id, bob.id}
    assert page["info"]["name"] == room.name


def test_a_long_absence_comes_in_pages(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    socket = connect(ada)
    since = room_in(socket.hello, room)["version"]
    make_history(room, [bob], 700)
    pages = sync_all(socket, room, since)
    limit = socket.hello["limits"]["changes"]
    assert len(pages) >= 3
    assert pages[0]["from"] == since
    for page, following in zip(pages, pages[1:], strict=False):
        assert page["more"] is True
        assert page["to"] == following["from"]
    assert pages[-1]["to"] == room.version
    for page in pages:
        assert not page["reset"]
        assert len(page["messages"]) + len(page["members"]) <= limit
        assert all(page["from"] < row["version"] <= page["to"] for row in page["messages"])
    assert [row["version"] for row in rows(pages)] == list(range(since + 1, room.version + 1))


def test_a_page_is_cut_by_bytes_too(connect: Connect, ada: Member, bob: Member, room: Room) -> None:
    room.refresh_from_db()
    since = room.version
    make_history(room, [bob], 200, "漢" * 4000)
    socket = connect(ada)
    ref = socket.send("sync", rooms={str(room.pk): since})
    pages: list[Frame] = []
    while not pages or pages[-1]["more"]:
        text = socket.socket.recv(timeout=10)
        assert isinstance(text, str)
        assert len(text.encode()) <= FRAME_MOST
        pages.append(json.loads(text))
        assert pages[-1]["ref"] == ref
        if pages[-1]["more"]:
            ref = socket.send("sync", rooms={str(room.pk): pages[-1]["to"]})
    assert len(pages) > 1
    assert [row["version"] for row in rows(pages)] == list(range(since + 1, room.version + 1))


def test_a_thousand_behind_is_paged(connect: Connect, ada: Member, room: Room) -> None:
    socket = connect(ada)
    since = room_in(socket.hello, room)["version"]
    make_history(room, [ada], RESET_BEYOND)
    pages = sync_all(socket, room, since)
    assert not any(page["reset"] for page in pages)
    assert len(rows(pages)) == RESET_BEYOND


def test_more_than_a_thousand_behind_is_a_reset_with_the_newest_page(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    socket = connect(ada)
    since = room_in(socket.hello, room)["version"]
    make_history(room, [bob], RESET_BEYOND + 1)
    assert_reset(sync(socket, room, since), room, {ada.id, bob.id})


def test_a_version_beyond_the_rooms_is_a_reset(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    make_history(room, [bob], 20)
    assert_reset(sync(connect(ada), room, room.version + 1), room, {ada.id, bob.id})


def assert_reset(answer: Frame, room: Room, users: set[int]) -> None:
    """Fail unless ``answer`` lets a client begin anew: newest messages, everybody, the room."""
    assert (answer["reset"], answer["more"]) == (True, False)
    assert (answer["from"], answer["to"]) == (0, room.version)
    seqs = [row["seq"] for row in answer["messages"]]
    assert seqs == list(range(room.last_seq - len(seqs) + 1, room.last_seq + 1))
    assert len(seqs) >= min(room.last_seq, 20)
    assert {row["user"] for row in answer["members"]} == users
    assert answer["info"]["name"] == room.name


def test_several_rooms_are_answered_one_by_one(connect: Connect, ada: Member, room: Room) -> None:
    other = make_room(owner=ada)
    socket = connect(ada)
    since = {str(entry["id"]): entry["version"] for entry in socket.hello["rooms"]}
    in_one, in_other = make_message(room, ada), make_message(other, ada)
    ref = socket.send("sync", rooms=since)
    answers = {answer["room"]: answer for answer in (socket.answer(ref), socket.answer(ref))}
    assert [row["id"] for row in answers[room.pk]["messages"]] == [in_one.pk]
    assert [row["id"] for row in answers[other.pk]["messages"]] == [in_other.pk]


def test_a_refused_room_does_not_keep_the_others_from_their_answer(
    connect: Connect, ada: Member, eve: Member, room: Room
) -> None:
    public, private = make_room("public", [eve]), make_room("private", [eve])
    socket = connect(ada)
    since = room_in(socket.hello, room)["version"]
    wanted = {str(public.pk): 0, str(private.pk): 0, str(room.pk): since, "999999999": 0}
    ref = socket.send("sync", rooms=wanted)
    answers = {answer["room"]: answer for answer in (socket.answer(ref) for _ in range(4))}
    assert answers[room.pk]["type"] == "changes"
    for hidden, code in (
        (public.pk, "forbidden"),
        (private.pk, "not_found"),
        (999999999, "not_found"),
    ):
        assert (answers[hidden]["type"], answers[hidden]["code"]) == ("error", code)


@pytest.mark.parametrize(
    "wanted", [None, [], "12", 12, {"x": 1}, {"12": "x"}, {"12": 1.5}, {"12": None}]
)
def test_wrong_rooms_are_invalid(connect: Connect, ada: Member, wanted: object) -> None:
    error = connect(ada).refused("sync", rooms=wanted)
    assert error["code"] == "invalid"
    assert "rooms" in error["detail"]


def test_a_version_below_nothing_is_invalid(connect: Connect, ada: Member, room: Room) -> None:
    error = connect(ada).refused("sync", rooms={str(room.pk): -1})
    assert error["code"] == "invalid"


def test_syncing_from_every_version_ends_in_the_same_state(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    """Whatever one held, what is missing makes it whole."""
    socket = connect(ada)
    sent = [make_message(room, bob, f"number {number}") for number in range(6)]
    messages.edit(bob.user, sent[1].pk, "edited")
    messages.remove(bob.user, sent[2].pk)
    messages.react(ada.user, sent[0].pk, "🎉", True)
    whole = {row["id"]: row for row in sync(socket, room, 0)["messages"]}
    room.refresh_from_db()
    for since in range(room.version + 1):
        newer = {row["id"]: row for row in sync(socket, room, since)["messages"]}
        assert newer == {pk: row for pk, row in whole.items() if row["version"] > since}
    assert whole.keys() == set(Message.objects.filter(room=room).values_list("pk", flat=True))
