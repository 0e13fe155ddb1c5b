"""Scheduled messages: kept until their time has come, then posted as any other."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from chat import broadcast, rows
from chat.errors import ChatError, Forbidden, Invalid, NotFound, SlowMode, Unavailable
from chat.models import Message, ScheduledMessage
from chat.models.scheduled import SCHEDULED_AHEAD, SCHEDULED_MAX
from chat.permissions import NO_MESSAGE
from chat.services import messages
from chat.services.access import member_room
from chat.services.posting import clean_body

logger = logging.getLogger(__name__)

DUE_MAX = 100  # posted in one go, before the lease is looked at again
GONE = "gone"  # told once of one that was posted or cancelled
NO_SCHEDULED = _("There is no such scheduled message.")
UNDER_WAY = _("It is being sent at this moment.")


def schedule(
    actor: User,
    room_id: int,
    body: str,
    due_at: datetime,
    *,
    thread: int | None = None,
    reply_to: int | None = None,
) -> rows.ScheduledRow:
    """Keep a message of ``actor`` to be posted at ``due_at``, once, late rather than never.

    Raises Invalid, TooLarge, NotFound, or Forbidden for one who is not in the room. Whether they
    may write there is judged when the time has come.
    """
    body = clean_body(body)
    _check_due(due_at)
    room, _seat = member_room(actor, room_id)
    for message in (thread, reply_to):
        if message is not None and not Message.objects.filter(pk=message, room=room).exists():
            raise NotFound(NO_MESSAGE)
    with transaction.atomic():
        # One at a time a member, so that the limit holds.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if ScheduledMessage.objects.filter(author=actor).count() >= SCHEDULED_MAX:
            raise Invalid(
                _("At most %(most)s messages can be scheduled at a time."), most=SCHEDULED_MAX
            )
        made = ScheduledMessage.objects.create(
            author=actor, room=room, thread_id=thread, reply_to_id=reply_to, body=body,
            due_at=due_at,
        )  # fmt: skip
        return _tell(made)


def change(
    actor: User, scheduled_id: int, *, body: str | None = None, due_at: datetime | None = None
) -> rows.ScheduledRow:
    """Change what is given of one's own scheduled message; a failed one waits again.

    Raises Invalid, TooLarge, NotFound, or Forbidden while it is being sent.
    """
    if body is not None:
        body = clean_body(body)
    if due_at is not None:
        _check_due(due_at)
    with _own(actor, scheduled_id) as scheduled:
        scheduled.body = scheduled.body if body is None else body
        if due_at is None and scheduled.state == ScheduledMessage.State.FAILED:
            due_at = timezone.now()
        scheduled.due_at = due_at or scheduled.due_at
        scheduled.state, scheduled.failure = ScheduledMessage.State.WAITING, ""
        scheduled.save()
        return _tell(scheduled)


def cancel(actor: User, scheduled_id: int) -> rows.ScheduledRow:
    """Drop one's own scheduled message. Raises NotFound, or Forbidden while it is being sent."""
    with _own(actor, scheduled_id) as scheduled:
        row = _tell(scheduled, GONE)
        scheduled.delete()
        return row


def scheduled_of(user: User) -> list[rows.ScheduledRow]:
    """Return what ``user`` has scheduled, and what failed, the next first."""
    found = ScheduledMessage.objects.filter(author=user).order_by("due_at", "pk")
    return [rows.scheduled_row(scheduled) for scheduled in found]


def send_due() -> int:
    """Post what is due, the oldest first; return how much was tried.

    Only the process that holds the lease calls this. Should two do so all the same, or one die in
    between, nothing is posted twice: the ``client_id`` stays what it was.
    """
    due = ScheduledMessage.objects.filter(due_at__lte=timezone.now())
    found = due.exclude(state=ScheduledMessage.State.FAILED).order_by("due_at", "pk")
    ids = list(found.values_list("pk", flat=True)[:DUE_MAX])
    for scheduled_id in ids:
        scheduled = _claim(scheduled_id)
        if scheduled is not None:
            _send(scheduled)
    return len(ids)


def _claim(scheduled_id: int) -> ScheduledMessage | None:
    """Say that a message is being sent, from when on its author cannot cancel it any more."""
    with transaction.atomic():
        found = ScheduledMessage.objects.select_for_update(of=("self",)).select_related("author")
        scheduled = found.filter(pk=scheduled_id, due_at__lte=timezone.now()).first()
        if scheduled is None or scheduled.state == ScheduledMessage.State.FAILED:
            return None
        scheduled.state = ScheduledMessage.State.SENDING
        scheduled.save(update_fields=["state"])
        return scheduled


def _send(scheduled: ScheduledMessage) -> None:
    """Post one. What the room asks to wait for waits, what it refuses fails and says so."""
    try:
        _check_author(scheduled.author)
        messages.post(
            scheduled.author,
            scheduled.room_id,
            scheduled.client_id,
            scheduled.body,
            scheduled.reply_to_id,
            scheduled.thread_id,
        )
    except Unavailable:
        logger.warning("A scheduled message could not be stored; it is tried again.")
    except SlowMode as refusal:
        pause = timedelta(seconds=refusal.retry_after or 1)
        _settle(scheduled, ScheduledMessage.State.WAITING, due_at=timezone.now() + pause)
    except ChatError as refusal:
        with override(scheduled.author.own_language):
            failure = refusal.detail
        _settle(scheduled, ScheduledMessage.State.FAILED, failure=failure[:200])
    else:
        with transaction.atomic():
            _tell(scheduled, GONE)
            scheduled.delete()


def _settle(scheduled: ScheduledMessage, state: str, **fields: Any) -> None:
    with transaction.atomic():
        for name, value in {"state": state, **fields}.items():
            setattr(scheduled, name, value)
        scheduled.save(update_fields=["state", *fields])
        _tell(scheduled)


def _check_author(author: User) -> None:
    if not author.is_active or author.banned_at is not None:
        raise Forbidden(_("You are banned from this site."))


def _check_due(due_at: datetime) -> None:
    now = timezone.now()
    if due_at <= now:
        raise Invalid(_("due_at: choose a time that is still to come."))
    if due_at > now + SCHEDULED_AHEAD:
        raise Invalid(_("due_at: at most %(most)s days ahead."), most=SCHEDULED_AHEAD.days)


@contextmanager
def _own(actor: User, scheduled_id: int) -> Iterator[ScheduledMessage]:
    """Lock a scheduled message of ``actor`` for a change. Raises NotFound or Forbidden."""
    with transaction.atomic():
        found = ScheduledMessage.objects.select_for_update().filter(pk=scheduled_id, author=actor)
        scheduled = found.first()
        if scheduled is None:
            raise NotFound(NO_SCHEDULED)
        if scheduled.state == ScheduledMessage.State.SENDING:
            raise Forbidden(UNDER_WAY)
        yield scheduled


def _tell(scheduled: ScheduledMessage, state: str | None = None) -> rows.ScheduledRow:
    """Let all sockets of its author know how a scheduled message stands."""
    row = rows.scheduled_row(scheduled, state)
    broadcast.announce(broadcast.Own(scheduled.author_id, "scheduled", rows.encode(row)))
    return row
