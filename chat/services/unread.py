"""What a member wants to be unread, or not: a mark beside their read position, and all at once."""

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import broadcast
from chat.errors import Invalid
from chat.models import Membership, Room, batch
from chat.permissions import check_seat
from chat.rows import RoomRow
from chat.services import reading
from chat.services.members import Reading, mark_read_many


def mark_unread(actor: User, room_id: int, seq: int) -> RoomRow:
    """Make everything from ``seq`` on count as unread, until the member reads on.

    The read position stays. A message that was not read yet is unread without a mark. Raises
    NotFound, Forbidden, or Invalid where the room has no such message.
    """
    with transaction.atomic():
        room = Room.objects.filter(pk=room_id).first()
        seat = next(iter(batch.seats_in(batch.run(batch.lock_seats([(room_id, actor.pk)])))), None)
        check_seat(room, seat)
        assert room is not None
        assert seat is not None
        if not 1 <= seq <= room.last_seq:
            raise Invalid(_("seq: there is no such message in this room."))
        seat.unread_from = seq if seq <= seat.read_seq else None
        Membership.objects.filter(pk=seat.pk).update(unread_from=seat.unread_from)
        [row] = reading.rooms_of(actor, room_id)
        broadcast.announce(
            broadcast.Read(
                room_id,
                actor.pk,
                seat.read_seq,
                unread_from=seat.unread_from,
                unread=row.unread,
                mentions=row.mentions,
                here=row.here,
            )
        )
    return row


def read_all(actor: User) -> None:
    """Move every read position of ``actor`` to the end of its room."""
    seats = Membership.objects.active().filter(user=actor)
    behind = seats.filter(Q(read_seq__lt=F("room__last_seq")) | Q(unread_from__isnull=False))
    ends = behind.values_list("room", "room__last_seq")
    mark_read_many([Reading(actor.pk, room, seq) for room, seq in ends])
