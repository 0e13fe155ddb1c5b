"""How a room changes: under the lock on its row, taking the next version, told after commit.

Every verb changes rooms through here, so that the rules of docs/architecture.md (one order a room,
one transaction a change, announced on commit) are kept in one place.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from chat import broadcast, rows
from chat.broadcast import Fragment, Posted
from chat.models import Membership, Message, Room
from chat.permissions import NO_ROOM, check_seat
from chat.sentences import Sentence

# Of the seat of one who stays, what changes under the room's lock.
SEAT_FIELDS = ["role", "version", "muted_until", "changed_at"]


class RoomChange:
    """A room under its lock, and what has been changed in it since the lock was taken."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.from_version = room.version
        self.messages: dict[int, Fragment] = {}
        self.members: dict[int, Fragment] = {}
        self.info: bytes | None = None
        self.posted: list[Posted] = []
        self._moved: list[Membership] = []

    def seat_of(self, actor: User) -> Membership | None:
        """Return the membership of ``actor`` if they are in the room."""
        return Membership.objects.active().filter(room=self.room, user=actor).first()

    def require_seat(self, actor: User, missing: Sentence = NO_ROOM) -> Membership:
        """Return the membership of ``actor``; raise NotFound or Forbidden where there is none."""
        seat = self.seat_of(actor)
        check_seat(self.room, seat, missing)
        assert seat is not None
        return seat

    def next_version(self) -> int:
        """Take the room's next version."""
        self.room.version += 1
        return self.room.version

    def add_message(
        self,
        message: Message,
        row: rows.MessageRow | None = None,
        silent: Collection[int] | None = None,
    ) -> None:
        """Note that ``message`` is as it stands now, at the version it carries.

        ``row`` and to whom it is silent are read from its relations where they are not given.
        """
        if silent is None:
            silent = rows.silent_to(message)
        encoded = rows.encode(row or rows.message_row(message))
        self.messages[message.pk] = Fragment(
            message.pk, message.version, encoded, silent=sorted(silent)
        )

    def add_member(self, membership: Membership, *, moved: bool = False) -> None:
        """Note a changed membership; ``moved`` when its member came or went."""
        row = rows.member_row(membership)
        self.members[row.user] = Fragment(row.user, row.version, rows.encode(row), row.role)
        if moved:
            self._moved.append(membership)

    def add_info(self) -> None:
        """Give the room's own row the next version."""
        self.room.info_version = self.next_version()
        self.info = rows.encode(rows.info_row(self.room))

    def events(self) -> list[broadcast.Event]:
        """Return what is to be announced."""
        changed = broadcast.RoomChanged(
            self.room.pk,
            self.from_version,
            self.room.version,
            list(self.messages.values()),
            list(self.members.values()),
            self.info,
            self.posted,
        )
        seats = [broadcast.SeatChanged(self.room.pk, seat.user_id) for seat in self._moved]
        return [changed, *seats]

    @property
    def is_changed(self) -> bool:
        """Whether any version was taken."""
        return self.room.version > self.from_version


@contextmanager
def changing(room_id: int) -> Iterator[RoomChange | None]:
    """Lock a room for a change, in a transaction; store its version and announce at the end.

    Yields None where there is no such room. Whatever the block raises undoes everything.
    """
    with changing_many([room_id]) as changes:
        yield changes.get(room_id)


@contextmanager
def changing_many(room_ids: Iterable[int]) -> Iterator[dict[int, RoomChange]]:
    """Lock several rooms, always in the order of their ids, so that no two wait for each other."""
    with transaction.atomic():
        rooms = Room.objects.select_for_update().filter(pk__in=set(room_ids)).order_by("pk")
        changes = {room.pk: RoomChange(room) for room in rooms}
        for missing in set(room_ids) - changes.keys():
            # As long as it takes to find that one is not in a room: time tells no more than words.
            Membership.objects.active().filter(room=missing, user=0).exists()
        yield changes
        store([change for change in changes.values() if change.is_changed])


def store(changes: list[RoomChange]) -> None:
    """Write the rooms' new versions; announce once they are committed."""
    if not changes:
        return
    if len(changes) == 1:
        changes[0].room.save()
    else:
        Room.objects.bulk_update([change.room for change in changes], ["version", "last_seq"])
    announce_changes(changes)


def announce_changes(changes: list[RoomChange]) -> None:
    """Tell what was changed, once it is committed."""
    broadcast.announce(*(event for change in changes for event in change.events()))


def store_seat(change: RoomChange, seat: Membership, *, moved: bool = False) -> None:
    """Write ``seat`` with the room's next version; ``moved`` when its member comes or goes.

    The read position of one who stays, and what they want to be told of, move without the room's
    lock: the values read a moment ago must not be written over those of now.
    """
    seat.version = change.next_version()
    seat.changed_at = Now()
    seat.save(update_fields=None if moved else SEAT_FIELDS)
    change.add_member(seat, moved=moved)
