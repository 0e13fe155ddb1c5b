"""What rooms are called by one who is in them: a direct conversation, after the others in it."""

from collections.abc import Iterable

from accounts.models import User
from chat.models import Membership, Room


def names_for(user: User, rooms: Iterable[Room]) -> dict[int, str]:
    """Return what each of ``rooms`` is called by ``user``, by id."""
    rooms = list(rooms)
    others: dict[int, list[str]] = {room.pk: [] for room in rooms if not room.name}
    if others:
        seats = Membership.objects.active().filter(room__in=others).exclude(user=user)
        for seat in seats.select_related("user").order_by("user"):
            others[seat.room_id].append(seat.user.name)
    return {room.pk: room.name or ", ".join(others[room.pk]) for room in rooms}
