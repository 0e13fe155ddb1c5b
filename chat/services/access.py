"""The one door to a room: through the member who asks for it."""

from accounts.models import User
from chat.errors import NotFound
from chat.models import Membership, Message, Room
from chat.permissions import NO_MESSAGE, NO_ROOM, check_seat


def access_room(user: User, room_id: int) -> Room:
    """Return the room if it exists for ``user``: one of theirs, or a public one. Raise NotFound."""
    room = Room.objects.visible_to(user).filter(pk=room_id).first()
    if room is None:
        raise NotFound(NO_ROOM)
    return room


def member_room(user: User, room_id: int) -> tuple[Room, Membership]:
    """Return a room that ``user`` is in, and their seat. Raise NotFound, or Forbidden for others.

    That is no lock: whoever changes anything of the room looks at the seat again.
    """
    room = Room.objects.filter(pk=room_id).first()
    seat = seat_in(user, room) if room else None
    check_seat(room, seat)
    assert room is not None
    assert seat is not None
    return room, seat


def access_room_by_slug(user: User, slug: str) -> Room:
    """Return the room of that address if it exists for ``user``. Raise NotFound."""
    room = Room.objects.visible_to(user).filter(slug=slug).first()
    if room is None:
        raise NotFound(NO_ROOM)
    return room


def access_message(user: User, message_id: int) -> Message:
    """Return the message if its room exists for ``user``. Raise NotFound."""
    message = Message.objects.filter(
        pk=message_id, room__in=Room.objects.visible_to(user).values("pk")
    ).first()
    if message is None:
        raise NotFound(NO_MESSAGE)
    return message


def seat_in(user: User, room: Room) -> Membership | None:
    """Return the membership of ``user`` in ``room``, or None where they are not in it."""
    return Membership.objects.active().filter(room=room, user=user).first()
