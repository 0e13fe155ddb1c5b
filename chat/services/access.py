"""The one door to a room: through the member who asks for it."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from chat.errors import NotFound, NotInRoom
from chat.models import Membership, Message, Room
from chat.permissions import NO_MESSAGE, NO_ROOM, check_seat
from chat.sentences import Sentence


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
    seat = Membership.objects.active().filter(room=room_id, user=user).first()
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


def access_message(user: User, message_id: int, missing: Sentence = NO_MESSAGE) -> Message:
    """Return the message if its room exists for ``user``. Raise NotFound."""
    message = _messages_for(user).filter(pk=message_id).first()
    if message is None:
        raise NotFound(missing)
    return message


def room_of_message(user: User, message_id: int, missing: Sentence = NO_MESSAGE) -> int:
    """Return the id of the room of a message that ``user`` has to do with. Raise NotFound.

    For moderators of the site every message is such a one. Whoever is to be told that there is
    none, or that they are not in its room, locks nothing: the room does not wait for strangers, nor
    does the answer take longer than where there is no message.
    """
    messages = Message.objects.all() if user.is_moderator else _messages_for(user)
    seats = Membership.objects.active().filter(room=OuterRef("room"), user=user)
    found = messages.filter(pk=message_id).values_list("room", Exists(seats)).first()
    if found is None:
        raise NotFound(missing)
    room_id, is_seated = found
    if not (is_seated or user.is_moderator):
        raise NotInRoom(missing)
    return room_id


def _messages_for(user: User) -> QuerySet[Message]:
    return Message.objects.filter(room__in=Room.objects.visible_to(user).values("pk"))


def people_for(user: User) -> QuerySet[User]:
    """Return the members of the site that ``user`` may know of: a guest, who is in their rooms."""
    found = User.objects.filter(is_active=True, banned_at=None)
    if not user.is_guest:
        return found
    rooms = Membership.objects.active().filter(user=user).values("room")
    present = Membership.objects.active().filter(room__in=rooms)
    return found.filter(pk__in=present.values("user"))


def seat_in(user: User, room: Room) -> Membership | None:
    """Return the membership of ``user`` in ``room``, or None where they are not in it."""
    return Membership.objects.active().filter(room=room, user=user).first()
