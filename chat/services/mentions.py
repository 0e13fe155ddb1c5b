"""Mentions: what called a member, in all their rooms, and who was named without being there."""

from collections.abc import Collection

import msgspec
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import rows
from chat.errors import Forbidden, Invalid
from chat.models import Call, Membership, Mention, Message, Room
from chat.permissions import check_steward
from chat.services.access import member_room, people_for

INBOX_DEFAULT = 30  # mentions on a page
INBOX_MAX = 100
HANDLES_MAX = 20  # asked about at once


class Inbox(msgspec.Struct, frozen=True):
    """A page of what called a member, the newest first, and who wrote it.

    ``more``: there are older ones, before the ``id`` of the last message here.
    """

    messages: list[rows.MessageRow]
    people: list[rows.PersonRow]
    more: bool


class Absent(msgspec.Struct, frozen=True):
    """Members of the site who are not in a room, and whether one may invite them into it."""

    users: list[rows.PersonRow]
    may_invite: bool


def inbox(user: User, before: int | None = None, limit: int = INBOX_DEFAULT) -> Inbox:
    """Return the messages that called ``user`` in rooms they are in, by id, below ``before``.

    ``limit`` above 100 is clamped. Raises Invalid for one below 1.
    """
    if limit < 1:
        raise Invalid(_("limit: at least 1."))
    limit = min(limit, INBOX_MAX)
    own = Membership.objects.active().filter(user=user)
    named = Mention.objects.filter(user=user, silent=False, room__in=own.values("room"))
    # Who joins later was not called by what was said before.
    called = Call.objects.filter(
        room__memberships__in=own, message__created_at__gte=F("room__memberships__joined_at")
    ).calling(user.pk)
    wanted = {*_newest(named, before, limit + 1), *_newest(called, before, limit + 1)}
    ids = sorted(wanted, reverse=True)
    found = Message.objects.with_rows().select_related("author").in_bulk(ids[:limit])
    messages = [found[pk] for pk in ids[:limit] if pk in found]
    people = {message.author_id: rows.person_row(message.author) for message in messages}
    told = [rows.message_row(message, reader=user.pk) for message in messages]
    return Inbox(told, list(people.values()), len(ids) > limit)


def absent(user: User, room_id: int, handles: Collection[str]) -> Absent:
    """Return who of the members with these ``handles`` is not in a room of ``user``.

    Raises Invalid for too many handles, NotFound, or Forbidden for one who is not in the room.
    """
    if len(handles) > HANDLES_MAX:
        raise Invalid(_("handles: at most %(most)s at once."), most=HANDLES_MAX)
    room, seat = member_room(user, room_id)
    present = Membership.objects.active().filter(room=room).values("user")
    named = people_for(user).filter(username__in={handle.lower() for handle in handles})
    found = named.exclude(pk__in=present)
    people = [rows.person_row(person) for person in found.order_by("username")]
    return Absent(people, room.kind != Room.Kind.DIRECT and _may_invite(user, room, seat))


def _may_invite(user: User, room: Room, seat: Membership) -> bool:
    try:
        check_steward(user, seat, _("Only owners and moderators may invite."))
    except Forbidden:
        return False
    return room.is_writable


def _newest(found: "QuerySet", before: int | None, limit: int) -> list[int]:
    """Return the ids of the newest messages that ``found`` are about."""
    if before is not None:
        found = found.filter(message__lt=before)
    return list(found.order_by("-message").values_list("message", flat=True)[:limit])
