"""Writing the audit trail: by the verbs themselves, in the transaction of what they change."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import REASON_MAX, User
from chat.errors import Invalid, TooLarge
from chat.models import AuditEntry, Membership, Message, Room
from chat.models.audit import Verb
from chat.models.message import UNSTORABLE
from chat.permissions import check_seat, check_steward
from chat.services import stewards

TRAIL_PAGE = 50  # entries

Facts = dict[str, Any]  # what JSON can say


def record(
    actor: User | None,
    verb: Verb,
    reason: str = "",
    *,
    room: Room | int | None = None,
    user: User | int | None = None,
    message: Message | None = None,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Write what ``actor`` does; nobody is the site itself. It is kept if the change is.

    Those who look after the room see it at once.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry belongs into the transaction of what it tells of.")
    room_id = room.pk if isinstance(room, Room) else room
    AuditEntry.objects.create(
        actor=actor,
        verb=verb,
        reason=reason,
        room_id=room_id,
        user_id=user.pk if isinstance(user, User) else user,
        message_id=message.pk if message else None,
        before=before or {},
        after=after or {},
    )
    if room_id is not None:
        stewards.tell(room_id)


def record_seat(
    actor: User | None, verb: Verb, reason: str, seat: Membership, before: Facts, after: Facts
) -> None:
    """Write what ``actor``, or the site itself, does to a member in a room."""
    record(actor, verb, reason, room=seat.room_id, user=seat.user_id, before=before, after=after)


def trail_of(actor: User, room_id: int, before: int | None = None) -> list[AuditEntry]:
    """Return a page of what was done in a room, the newest first; of those before entry ``before``.

    Who looks after the room may see it. Raises NotFound or Forbidden.
    """
    room = Room.objects.filter(pk=room_id).first()
    seat = Membership.objects.active().filter(room=room_id, user=actor).first()
    if not actor.is_moderator or room is None:
        check_seat(room, seat)
    check_steward(actor, seat, _("Only owners and moderators may see what was done."))
    found = AuditEntry.objects.filter(room=room_id).select_related("actor", "user", "message")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:TRAIL_PAGE])


def clean_reason(reason: str) -> str:
    """Return a reason as it is stored. Raises Invalid or TooLarge."""
    reason = reason.strip()
    if UNSTORABLE.search(reason):
        raise Invalid(_("reason: there is a character in it that cannot be stored."))
    if len(reason) > REASON_MAX:
        raise TooLarge(_("reason: at most %(most)s characters."), most=REASON_MAX)
    return reason
