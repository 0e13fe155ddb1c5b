"""A private or direct room does not exist for who is not in it, by no command, page or call."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from chat.models import Message, Room
from tests.factories import Member, make_message, make_room
from tests.live.conftest import Browse, Connect
from tests.parts.site import Site

NEVER_USED = 999_999_999


def commands(room: int, message: int) -> list[tuple[str, dict[str, Any]]]:
    """Return every command that names a room or a message."""
    return [
        ("send", {"room": room, "client_id": str(uuid4()), "body": "x"}),
        ("edit", {"message": message, "body": "x"}),
        ("delete", {"message": message}),
        ("react", {"message": message, "emoji": "👍", "on": True}),
        ("read", {"room": room, "seq": 1}),
        ("typing", {"room": room, "on": True}),
        ("focus", {"room": room, "visible": True}),
    ]


def calls(room: int, message: int, slug: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Return every page and call of the API that names a room or a message."""
    return [
        ("GET", f"/rooms/{slug}/", None),
        ("GET", f"/api/v1/rooms/{room}", None),
        ("PATCH", f"/api/v1/rooms/{room}", {"name": "mine"}),
        ("GET", f"/api/v1/rooms/{room}/messages", None),
        ("POST", f"/api/v1/rooms/{room}/messages", {"client_id": str(uuid4()), "body": "x"}),
        ("GET", f"/api/v1/rooms/{room}/members", None),
        ("POST", f"/api/v1/rooms/{room}/members", {"user": 1}),
        ("DELETE", f"/api/v1/rooms/{room}/members/1", None),
        ("POST", f"/api/v1/rooms/{room}/membership", None),
        ("DELETE", f"/api/v1/rooms/{room}/membership", None),
        ("POST", f"/api/v1/rooms/{room}/read", {"seq": 1}),
        ("PATCH", f"/api/v1/messages/{message}", {"body": "x"}),
        ("DELETE", f"/api/v1/messages/{message}", None),
        ("GET", f"/api/v1/messages/{message}/edits", None),
    ]


@pytest.fixture(params=["private", "direct"])
def hidden(request: pytest.FixtureRequest, ada: Member, bob: Member) -> Room:
    """A room of ada and bob that eve is not in, with one message."""
    room = make_room(request.param, [ada, bob])
    make_message(room, ada, "not for eve")
    return room


def test_over_the_socket_it_is_as_if_it_had_never_been(
    connect: Connect, eve: Member, hidden: Room
) -> None:
    message = Message.objects.get(room=hidden)
    stranger = connect(eve)
    known = [stranger.refused(type, **fields) for type, fields in commands(hidden.pk, message.pk)]
    unknown = [
        stranger.refused(type, **fields) for type, fields in commands(NEVER_USED, NEVER_USED)
    ]
    assert {answer["code"] for answer in known} == {"not_found"}
    assert [{**answer, "ref": 0} for answer in known] == [
        {**answer, "ref": 0} for answer in unknown
    ]
    message.refresh_from_db()
    assert (message.body, message.is_tombstone) == ("not for eve", False)


def test_syncing_it_is_as_if_it_had_never_been(connect: Connect, eve: Member, hidden: Room) -> None:
    stranger = connect(eve)
    answers = [
        {**stranger.refused("sync", rooms={str(room): 0}), "ref": 0, "room": 0}
        for room in (hidden.pk, NEVER_USED)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "not_found"


def test_a_reply_across_into_it_is_as_if_it_had_never_been(
    connect: Connect, eve: Member, hidden: Room
) -> None:
    mine = make_room(owner=eve)
    stranger = connect(eve)
    fields = {"room": mine.pk, "body": "x"}
    answers = [
        {**stranger.refused("send", client_id=str(uuid4()), reply_to=message, **fields), "ref": 0}
        for message in (Message.objects.get(room=hidden).pk, NEVER_USED)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "not_found"


def test_over_http_it_is_as_if_it_had_never_been(browse: Browse, eve: Member, hidden: Room) -> None:
    message = Message.objects.get(room=hidden)
    stranger = browse(eve)
    for known, unknown in zip(
        calls(hidden.pk, message.pk, hidden.slug),
        calls(NEVER_USED, NEVER_USED, "never-used"),
        strict=True,
    ):
        answers = []
        for method, path, json in (known, unknown):
            answer = stranger.request(method, path, json=json)
            assert answer.status_code == 404, f"{method} {path}: {answer.status_code}"
            answers.append(answer)
        if known[1].startswith("/api/"):
            assert answers[0].json() == answers[1].json()
            assert answers[0].json()["code"] == "not_found"
    message.refresh_from_db()
    assert (message.body, message.is_tombstone) == ("not for eve", False)


def test_it_is_in_no_list(browse: Browse, connect: Connect, eve: Member, hidden: Room) -> None:
    stranger = browse(eve)
    for path in ("/rooms/", "/api/v1/rooms", "/api/v1/rooms/directory"):
        answer = stranger.get(path)
        assert answer.is_success
        assert hidden.slug not in answer.text
    assert connect(eve).hello["rooms"] == []


def test_a_public_room_can_be_read_over_http_by_one_who_has_not_joined(
    browse: Browse, ada: Member, eve: Member, room: Room
) -> None:
    message = make_message(room, ada, "for everybody")
    page = browse(eve).get(f"/api/v1/rooms/{room.pk}/messages").json()
    assert [row["id"] for row in page["messages"]] == [message.pk]


def test_without_a_session_nothing_is_told(site: Site, room: Room) -> None:
    answer = httpx.get(f"{site.url}/api/v1/rooms/{room.pk}/messages", trust_env=False)
    assert answer.status_code in {401, 403}
    assert "messages" not in answer.json()
