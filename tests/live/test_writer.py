"""The writer on Postgres: rooms that hold up no other, and connections that end amid a batch."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection, transaction

from chat.live.database import Database
from chat.live.storing import Writer
from chat.models import Message, Room
from tests.factories import Member, make_room
from tests.live.client import TIMEOUT, Client
from tests.live.conftest import Connect
from tests.parts import backing

pytestmark = pytest.mark.skipif(backing.KIND != "production", reason="SQLite has one lock")


@contextmanager
def locked(room: Room) -> Iterator[None]:
    """Hold ``room``, as another server process does while it writes there."""
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=room.pk)
        yield


def who_waits(*, but: int = 0) -> int:
    """Return the connection that waits for a lock, once there is one besides ``but``."""
    give_up = time.monotonic() + TIMEOUT
    while time.monotonic() < give_up:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> %s"
                " AND datname = current_database()",
                [but],
            )
            if found := cursor.fetchone():
                return found[0]
    raise AssertionError("Nobody waits for a lock.")


def connections_to_write() -> int:
    """Return how many there are, of all processes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'chat-writer'"
            " AND datname = current_database()"
        )
        return cursor.fetchone()[0]


def send(client: Client, room: Room, body: str) -> int:
    """Send a message without waiting for the ack."""
    return client.send("send", room=room.pk, client_id=str(uuid4()), body=body)


def bodies_in(room: Room) -> list[str]:
    """Return what is stored, in order."""
    return list(Message.objects.filter(room=room).order_by("seq").values_list("body", flat=True))


def test_a_room_that_somebody_holds_holds_up_no_other(
    connect: Connect, ada: Member, room: Room
) -> None:
    other, socket = make_room("public", owner=ada), connect(ada)
    with locked(room):
        first = send(socket, room, "one")
        who_waits()
        later = [send(socket, room, body) for body in ("two", "three")]
        assert socket.answer(send(socket, other, "elsewhere"))["type"] == "ack"
    assert [socket.answer(ref)["seq"] for ref in (first, *later)] == [1, 2, 3]
    assert bodies_in(room) == ["one", "two", "three"]


def test_a_connection_that_ends_amid_a_batch_costs_no_message(
    connect: Connect, ada: Member, bob: Member, room: Room
) -> None:
    socket, reader = connect(ada), connect(bob)
    with locked(room):
        refs = [send(socket, room, body) for body in ("one", "two", "**three**")]
        writer = who_waits()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [writer])
        who_waits(but=writer)
    assert [socket.answer(ref)["seq"] for ref in refs] == [1, 2, 3]
    assert bodies_in(room) == ["one", "two", "**three**"]
    assert socket.answer(send(socket, room, "four"))["seq"] == 4
    reader.message(room.pk, body="four")


async def test_nobody_who_posts_waits_for_a_connection(room: Room) -> None:
    database = Database()
    writer, before = Writer(database), await database(connections_to_write)
    await writer.open()
    try:
        assert await database(connections_to_write) == before + writer.at_once
    finally:
        writer.close()
        database.close()
