"""Writing the audit trail: by the verbs themselves, in the transaction of what they change."""

from typing import Any

from django.db import connection

from accounts.models import REASON_MAX, User
from chat.errors import Invalid, TooLarge
from chat.models import AuditEntry, Membership, Message, Room
from chat.models.audit import Verb
from chat.models.message import UNSTORABLE

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
    """Write what ``actor`` does; nobody is the site itself. It is kept if the change is."""
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry belongs into the transaction of what it tells of.")
    AuditEntry.objects.create(
        actor=actor,
        verb=verb,
        reason=reason,
        room_id=room.pk if isinstance(room, Room) else room,
        user_id=user.pk if isinstance(user, User) else user,
        message_id=message.pk if message else None,
        before=before or {},
        after=after or {},
    )


def record_seat(
    actor: User | None, verb: Verb, reason: str, seat: Membership, before: Facts, after: Facts
) -> None:
    """Write what ``actor`` does to a member in a room."""
    record(actor, verb, reason, room=seat.room_id, user=seat.user_id, before=before, after=after)


def clean_reason(reason: str) -> str:
    """Return a reason as it is stored. Raises Invalid or TooLarge."""
    reason = reason.strip()
    if UNSTORABLE.search(reason):
        raise Invalid("reason: there is a character in it that cannot be stored.")
    if len(reason) > REASON_MAX:
        raise TooLarge(f"reason: at most {REASON_MAX} characters.")
    return reason
