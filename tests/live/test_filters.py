"""Filters on the running site: what a socket is answered, and what everybody sees."""

from uuid import uuid4

import httpx
import pytest

from chat.models import Filter, HeldMessage, Room
from chat.services import filters
from tests.factories import Member, make_message, make_moderator
from tests.live.client import Client
from tests.live.conftest import Browse, Connect

PROBES = 15  # sent until a process has heard of a change: fewer than the rate limit


@pytest.fixture
def keeper(database: str, browse: Browse) -> httpx.Client:
    """The browser of one who looks after the whole site."""
    return browse(make_moderator())


@pytest.fixture
def draft(database: str, room: Room) -> Filter:
    """A filter of ``room`` that was tried out."""
    author = make_moderator().user
    sound = {"name": "x", "kind": "words", "text": "casino\nprobe", "action": "hold"}
    made = filters.save(author, sound | {"room_id": room.pk})
    filters.try_out(author, made.pk)
    return made


def act(keeper: httpx.Client, action: str, row: Filter) -> None:
    """Let a filter go live, or stop it, in the admin."""
    form = {"action": action, "_selected_action": str(row.pk)}
    answer = keeper.post("/admin/chat/filter/", data=form)
    assert answer.status_code == 302, answer.text


def wait_for(client: Client, room: Room, answer: str) -> None:
    """Send what the filters of these tests catch until it is answered so."""
    for _ in range(PROBES):
        told = client.ask("send", room=room.pk, client_id=str(uuid4()), body="probe")
        if told["type"] == answer and told.get("code") in (None, "forbidden"):
            return
        client.settle()
    raise AssertionError(f"no {answer}")


def test_a_held_message_changes_nothing_until_it_is_released_and_then_reaches_everybody(
    connect: Connect, browse: Browse, keeper: httpx.Client, draft: Filter, ada: Member,
    bob: Member, room: Room,
) -> None:  # fmt: skip
    author, reader = connect(bob), connect(ada)
    act(keeper, "go_live", draft)
    wait_for(author, room, "error")
    before = author.acked("send", room=room.pk, client_id=str(uuid4()), body="hi")
    client_id = str(uuid4())
    for _ in range(2):
        refused = author.refused("send", room=room.pk, client_id=client_id, body="the casino")
        assert (refused["code"], refused["held"]) == ("forbidden", True)
    after = author.acked("send", room=room.pk, client_id=str(uuid4()), body="still here")
    assert after["version"] == before["version"] + 1
    waiting = HeldMessage.objects.get(room=room, body="the casino")
    released = browse(ada).post(f"/api/v1/held/{waiting.pk}/release", json={})
    assert released.status_code == 200, released.text
    for client in (author, reader):
        shown = client.message(room.pk, body="the casino")
        assert (shown["client_id"], shown["author"]) == (client_id, bob.id)
        assert (shown["seq"], shown["version"]) == (after["seq"] + 1, after["version"] + 1)
    assert author.expect("notice", about="held")["room"] == room.pk
    # The author's page, should it send it again, is answered with the message.
    again = author.acked("send", room=room.pk, client_id=client_id, body="the casino")
    assert again["id"] == released.json()["id"]


def test_an_edit_over_the_socket_is_looked_at_as_well(
    connect: Connect, keeper: httpx.Client, draft: Filter, bob: Member, room: Room
) -> None:
    mine = make_message(room, bob, "clean")
    client = connect(bob)
    act(keeper, "go_live", draft)
    wait_for(client, room, "error")
    refused = client.refused("edit", message=mine.pk, body="casino")
    assert (refused["code"], refused["held"]) == ("forbidden", True)
    assert client.acked("edit", message=mine.pk, body="cleaner")["id"] == mine.pk


def test_every_process_learns_of_a_filter_and_forgets_it_once_it_is_stopped(
    connect: Connect, keeper: httpx.Client, draft: Filter, bob: Member, room: Room
) -> None:
    sockets = [connect(bob) for _ in range(4)]
    act(keeper, "go_live", draft)
    for client in sockets:
        wait_for(client, room, "error")
    act(keeper, "stop", draft)
    for client in sockets:
        wait_for(client, room, "ack")
