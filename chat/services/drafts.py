"""Drafts: what is begun on one device and goes on on another. Whoever wrote last is right."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import broadcast, rows
from chat.errors import Invalid, NotFound, TooLarge
from chat.models import Draft, Membership, Message
from chat.models.draft import DRAFT_MAX, DRAFTS_MAX
from chat.models.message import UNSTORABLE
from chat.permissions import NO_MESSAGE
from chat.services.access import member_room

EMPTY_KEPT = timedelta(days=30)  # that an emptied draft outdoes older ones from other devices


def keep(
    actor: User,
    room_id: int,
    body: str,
    *,
    thread: int | None = None,
    reply_to: int | None = None,
    age: int = 0,
) -> rows.DraftRow:
    """Keep what ``actor`` wrote ``age`` ms ago in a room or thread, unless something newer is kept.

    Returns what is kept now. An age rather than a time: the clocks of devices differ. Raises
    Invalid, TooLarge, NotFound, or Forbidden for one who is not in the room.
    """
    _check_text(body)
    if age < 0:
        raise Invalid(_("age: milliseconds since it was written."))
    room, _seat = member_room(actor, room_id)
    for message in (thread, reply_to):
        if message is not None and not Message.objects.filter(pk=message, room=room).exists():
            raise NotFound(NO_MESSAGE)
    wanted = Draft(
        user=actor,
        room=room,
        thread_id=thread,
        body=body,
        reply_to_id=reply_to,
        written_at=_moment(age),
    )
    with transaction.atomic():
        # One at a time a member: of two devices the newer must win, whoever comes first.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        standing = _newer(wanted)
        if standing is not None:
            return rows.draft_row(standing)
        row = rows.draft_row(wanted)
        broadcast.announce(broadcast.Own(actor.pk, "draft", rows.encode(row)))
        return row


def append(actor: User, room_id: int, text: str) -> rows.DraftRow:
    """Add ``text`` below what ``actor`` has begun in a room, if anything. Raises as `keep` does."""
    begun = Draft.objects.filter(user=actor, room=room_id, thread=None).first()
    body = "\n".join(part for part in (begun.body if begun else "", text) if part)
    return keep(actor, room_id, body, reply_to=begun.reply_to_id if begun else None)


def drafts_of(user: User) -> list[rows.DraftRow]:
    """Return what ``user`` has begun in rooms they are in, the newest first."""
    own = Membership.objects.active().filter(user=user).values("room")
    found = Draft.objects.filter(user=user, room__in=own).order_by("-written_at")
    return [rows.draft_row(draft) for draft in found if not draft.is_empty]


def _newer(wanted: Draft) -> Draft | None:
    """Return the draft that is newer than ``wanted``, or store ``wanted`` and return None."""
    drafts = Draft.objects.filter(user=wanted.user)
    standing = drafts.filter(room=wanted.room, thread=wanted.thread_id).first()
    if standing is not None:
        if standing.written_at > wanted.written_at:
            return standing
        wanted.pk = standing.pk
    if not wanted.is_empty and (standing is None or standing.is_empty):
        others = drafts.exclude(body="", reply_to=None)
        if others.count() >= DRAFTS_MAX:
            raise Invalid(
                _("You have %(most)s drafts: send or empty one of them first."),
                most=DRAFTS_MAX,
            )
        drafts.filter(body="", reply_to=None, written_at__lt=timezone.now() - EMPTY_KEPT).exclude(
            pk=wanted.pk
        ).delete()
    wanted.save()
    return None


def _check_text(body: str) -> None:
    if len(body) > DRAFT_MAX:
        raise TooLarge(_("body: a draft has at most %(most)s characters."), most=DRAFT_MAX)
    if UNSTORABLE.search(body):
        raise Invalid(_("body: there is a character in it that cannot be stored."))


def _moment(age: int) -> datetime:
    """Return when that was, whole milliseconds as it is told; nothing is older than a year."""
    age = min(age, 365 * 24 * 3600 * 1000)
    now = timezone.now() - timedelta(milliseconds=age)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
