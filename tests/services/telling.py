"""What the services announce, heard as a hub hears it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from django.test import TestCase

from chat import broadcast
from chat.broadcast import Event, Fragment, RoomChanged
from chat.models import Membership, Message, Room
from chat.rows import encode, info_row, member_row, message_row


class Listener:
    """Keeps what was announced, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def announced(self, events: Sequence[Event]) -> None:
        """Take events, from any thread."""
        self.events.extend(events)

    def of(self, kind: type) -> list[Any]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def changes_in(self, room: int) -> list[RoomChanged]:
        """Return the changes of one room."""
        return [event for event in self.of(RoomChanged) if event.room == room]


@contextmanager
def listening() -> Iterator[Listener]:
    """Hear what is announced within; inside a test's transaction, when the block ends."""
    listener = Listener()
    broadcast.attach(listener)
    try:
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield listener
    finally:
        broadcast.attach(None)


def fragment_rows(fragments: Sequence[Fragment]) -> list[dict[str, Any]]:
    """Return the rows in ``fragments``, having seen that each says of itself what its row says."""
    rows = [msgspec.json.decode(fragment.json) for fragment in fragments]
    for fragment, row in zip(fragments, rows, strict=True):
        assert (fragment.id, fragment.version) == (row.get("user", row.get("id")), row["version"])
        assert fragment.role == row.get("role")
    return rows


def stored_message(message_id: int) -> dict[str, Any]:
    """Return a message's row as the database has it now."""
    return _as_told(message_row(Message.objects.get(pk=message_id)))


def stored_members(room_id: int) -> dict[int, dict[str, Any]]:
    """Return the rows of all who are or were in a room, by user."""
    seats = Membership.objects.filter(room=room_id).select_related("user")
    return {seat.user_id: _as_told(member_row(seat)) for seat in seats}


def stored_messages(room_id: int) -> dict[int, dict[str, Any]]:
    """Return the rows of all messages of a room, by id."""
    messages = Message.objects.filter(room=room_id).with_rows()
    return {message.pk: _as_told(message_row(message)) for message in messages}


def stored_info(room_id: int) -> dict[str, Any]:
    """Return the room's own row."""
    return _as_told(info_row(Room.objects.get(pk=room_id)))


def version_of(room_id: int) -> int:
    """Return how far a room is."""
    return Room.objects.get(pk=room_id).version


@contextmanager
def takes_versions(room_id: int, count: int = 1) -> Iterator[Listener]:
    """See that a room is ``count`` versions further after the block, and told all of them."""
    before = version_of(room_id)
    with listening() as listener:
        yield listener
    assert version_of(room_id) == before + count
    told = listener.changes_in(room_id)
    assert [(event.from_, event.to) for event in told] == ([(before, before + count)] * bool(count))


def _as_told(row: Any) -> dict[str, Any]:
    return msgspec.json.decode(encode(row))
