"""How long messages are kept, and removing those whose time is over.

What is removed leaves a tombstone, so that seq and version keep their order and every screen hears
of it as of any deletion; but nothing of what it said stays, not for moderators either, except in
reports.
"""

from datetime import datetime, timedelta
from itertools import takewhile

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from chat import broadcast, rows
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import (
    Call,
    HeldMessage,
    Mention,
    Message,
    MessageEdit,
    Pin,
    Poll,
    Reaction,
    Room,
    SiteState,
)
from chat.models.audit import Verb
from chat.models.room import RETENTION_MAX
from chat.permissions import NO_ROOM, check_not_direct, check_owner
from chat.sentences import Sentence, filled, in_each_language
from chat.services import audit, indexing, threads
from chat.services.changing import RoomChange, changing

BATCH = 200  # messages in one transaction, for which a room is locked; they share one version
ROOMS_AT_ONCE = 5  # rooms in one go, before the lease is looked at again


def days_of(room: Room) -> int | None:
    """Return for how many days messages are kept in ``room``; None where they are for good."""
    return room.retention_days or _site_days()


def most_days(actor: User) -> int:
    """Return for how many days at most ``actor`` may have messages of their room kept."""
    site = _site_days()
    return RETENTION_MAX if site is None or actor.is_moderator else site


def set_for_room(actor: User, room_id: int, days: int | None, reason: str = "") -> Room:
    """Keep messages of a room for so many days; None is as long as on the whole site.

    Owners may, but no longer than the site keeps them; moderators of the site may anything. Raises
    Invalid, TooLarge, NotFound or Forbidden.
    """
    _check_days(days)
    reason = audit.clean_reason(reason)
    with changing(room_id) as change:
        if change is None:
            raise NotFound(NO_ROOM)
        room = change.room
        seat = change.seat_of(actor) if actor.is_moderator else change.require_seat(actor)
        check_not_direct(
            room, _("One cannot set how long messages are kept in a direct conversation.")
        )
        check_owner(actor, seat, _("Only owners may say how long messages are kept."))
        most = most_days(actor)
        if days is not None and days > most:
            kept = ngettext_lazy(
                "This site keeps messages for a day at most.",
                "This site keeps messages for %(days)s days at most.",
                most,
            )
            raise Forbidden(kept, days=most)
        before = room.retention_days
        if days != before:
            room.retention_days = days
            room.save(update_fields=["retention_days"])
            audit.record(
                actor, Verb.SET_RETENTION, reason, room=room, before={"days": before},
                after={"days": days},
            )  # fmt: skip
            texts = in_each_language(in_words(days_of(room)))
            broadcast.announce(broadcast.RoomTold(room.pk, "retention", texts))
        return room


def set_for_site(actor: User, days: int | None, reason: str = "") -> None:
    """Keep messages for so many days where a room says nothing else; None is for good.

    Moderators of the site may. Raises Invalid, TooLarge or Forbidden.
    """
    _check_days(days)
    reason = audit.clean_reason(reason)
    if not actor.is_moderator:
        raise Forbidden(_("Only moderators of the site may do this."))
    SiteState.current()
    with transaction.atomic():
        state = SiteState.objects.select_for_update().get(pk=1)
        before = state.retention_days
        if days != before:
            state.retention_days = days
            state.save(update_fields=["retention_days"])
            audit.record(
                actor, Verb.SET_RETENTION, reason, before={"days": before}, after={"days": days}
            )


def in_words(days: int | None) -> Sentence:
    """Return what members of a room are told of how long messages are kept there."""
    if days is None:
        return _("Messages in this room are kept.")
    removed = ngettext_lazy(
        "Messages in this room are removed after a day.",
        "Messages in this room are removed after %(days)s days.",
        days,
    )
    return filled(removed, days=days)


def expire() -> int:
    """Remove some of the messages whose time is over, the oldest of a few rooms; return how many.

    Only the process that holds the lease calls this. Should two do so all the same, the second one
    finds them removed.
    """
    now = timezone.now()
    site = _site_days()
    done = 0
    days_set = Room.objects.exclude(retention_days=None).values_list("retention_days", flat=True)
    for days in {site, *days_set.distinct()}:
        if days is None:
            continue
        rooms = Room.objects.filter(retention_days=days)
        if days == site:
            rooms |= Room.objects.filter(retention_days=None)
        cutoff = now - timedelta(days=days)
        for room_id in list(_due(rooms, cutoff)[:ROOMS_AT_ONCE]):
            done += _expire_batch(room_id, cutoff)
    return done


def _due(rooms: QuerySet[Room], cutoff: datetime) -> QuerySet[Room, int]:
    """Return which of ``rooms`` have a message whose time is over, by one look into each."""
    oldest = Message.objects.filter(room=OuterRef("pk"), seq__gt=OuterRef("expired_seq"))
    first = Subquery(oldest.order_by("seq").values("created_at")[:1])
    return (
        rooms.annotate(oldest=first)
        .filter(oldest__lt=cutoff)
        .order_by()
        .values_list("pk", flat=True)
    )


def _expire_batch(room_id: int, cutoff: datetime) -> int:
    with changing(room_id) as change:
        if change is None:
            return 0
        room = change.room
        after = Message.objects.filter(room=room, seq__gt=room.expired_seq)
        found = list(after.select_related("thread").order_by("seq")[:BATCH])
        over = list(takewhile(lambda message: message.created_at < cutoff, found))
        if not over:
            return 0
        _forget(over)
        _bury(change, [message for message in over if not message.is_tombstone])
        HeldMessage.objects.filter(room=room, held_at__lt=cutoff).delete()
        room.expired_seq = over[-1].seq
        room.save(update_fields=["expired_seq"])
        audit.record(
            None, Verb.EXPIRE, room=room, after={"messages": len(over), "up_to": room.expired_seq}
        )
        return len(over)


def _forget(messages: list[Message]) -> None:
    """Delete all that hangs on these messages, what they said before among it."""
    for kind in (MessageEdit, Reaction, Mention, Call, Poll, Pin):
        kind.objects.filter(message__in=messages).delete()


def _bury(change: RoomChange, messages: list[Message]) -> None:
    """Turn messages into tombstones, all with one version."""
    if not messages:
        return
    wanted = {
        "version": change.next_version(),
        "body": "",
        "html": "",
        "forwarded": None,
        "pinned": False,
        "deleted_at": timezone.now(),
        "deleted_by": None,
    }
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(**wanted)
    indexing.forget(change.room.pk, messages)
    replies: dict[int, Message] = {}
    for message in messages:
        for name, value in wanted.items():
            setattr(message, name, value)
        if message.thread_id is not None:
            replies[message.thread_id] = message
        change.add_message(message, rows.message_row(message, [], []), ())
    for reply in replies.values():
        reply.refresh_from_db(fields=["thread"])
        threads.recount(change, reply)


def _site_days() -> int | None:
    return SiteState.objects.filter(pk=1).values_list("retention_days", flat=True).first()


def _check_days(days: int | None) -> None:
    if days is not None and not 1 <= days <= RETENTION_MAX:
        raise Invalid(_("retention_days: from 1 to %(most)s."), most=RETENTION_MAX)
