"""Polls: ask a room, vote, close."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.errors import ChatError, Forbidden, Invalid, NotFound, TooLarge
from chat.models import Poll, PollVote
from chat.models.message import UNSTORABLE
from chat.models.poll import OPTION_MAX, OPTIONS_MAX, OPTIONS_MIN, QUESTION_MAX
from chat.permissions import check_may_write, check_writable
from chat.services.access import access_message, room_of_message
from chat.services.changing import RoomChange, changing
from chat.services.posting import Ack, Post, post_many

NO_POLL = _("There is no such poll.")


def ask(
    actor: User,
    room_id: int,
    client_id: UUID,
    question: str,
    options: Sequence[str],
    *,
    multiple: bool = False,
    thread: int | None = None,
) -> Ack:
    """Post a poll as ``actor``. The same client_id again stores nothing more.

    With ``multiple`` a member may choose several options. Raises Invalid, TooLarge, NotFound,
    Forbidden or SlowMode.
    """
    texts = clean_options(options)
    question = question.strip()
    if len(question) > QUESTION_MAX:
        raise TooLarge(_("question: at most %(most)s characters."), most=QUESTION_MAX)
    if not question:
        raise Invalid(_("question: a poll needs one."))
    poll = Poll(options=texts, multiple=multiple)
    poll.count({})
    [outcome] = post_many([Post(actor.pk, room_id, client_id, question, None, thread, poll=poll)])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def vote(actor: User, message_id: int, options: Collection[int]) -> Ack:
    """Choose these options, by their places from 0, instead of what was chosen before.

    None of them takes the vote back. Raises Invalid, NotFound, or Forbidden: also once the poll
    is closed.
    """
    wanted = set(options)
    with _locked(actor, message_id) as (change, poll):
        seat = change.require_seat(actor, NO_POLL)
        check_may_write(change.room, seat)
        if poll.is_closed:
            raise Forbidden(_("This poll is closed. Your vote was not counted."))
        if not wanted <= set(range(len(poll.options))):
            raise Invalid(_("options: there is no such option."))
        if len(wanted) > 1 and not poll.multiple:
            raise Invalid(_("options: only one can be chosen in this poll."))
        if wanted != set(_chosen(actor, poll)):
            poll.votes.filter(user=actor).exclude(option__in=wanted).delete()
            PollVote.objects.bulk_create(
                [PollVote(poll=poll, user=actor, option=option) for option in wanted],
                ignore_conflicts=True,
            )
            _count(poll)
            _store(change, poll)
        return _ack(change, poll)


def close(actor: User, message_id: int) -> Ack:
    """Let nobody vote any more. Its author, and who looks after the room, may; twice is once.

    Raises NotFound or Forbidden.
    """
    with _locked(actor, message_id) as (change, poll):
        seat = change.seat_of(actor)
        if not actor.is_moderator:
            seat = change.require_seat(actor, NO_POLL)
        if not (actor.is_moderator or (seat is not None and seat.is_steward)):
            if poll.message.author_id != actor.pk:
                raise Forbidden(_("Only its author, owners and moderators may close a poll."))
            check_writable(change.room)
        if not poll.is_closed:
            poll.closed_at, poll.closed_by = timezone.now(), actor
            poll.save(update_fields=["closed_at", "closed_by"])
            _store(change, poll)
        return _ack(change, poll)


def choice_of(user: User, message_id: int) -> list[int]:
    """Return what ``user`` has chosen in a poll. Raises NotFound."""
    poll = Poll.objects.filter(message=access_message(user, message_id, NO_POLL)).first()
    if poll is None:
        raise NotFound(NO_POLL)
    return sorted(_chosen(user, poll))


def clean_options(options: Sequence[str]) -> list[str]:
    """Return the options' texts, each in one line. Raises Invalid or TooLarge."""
    texts = [" ".join(option.split()) for option in options]
    if not OPTIONS_MIN <= len(texts) <= OPTIONS_MAX:
        raise Invalid(
            _("options: from %(least)s to %(most)s of them."), least=OPTIONS_MIN, most=OPTIONS_MAX
        )
    if not all(texts):
        raise Invalid(_("options: one of them is empty."))
    if len({text.casefold() for text in texts}) < len(texts):
        raise Invalid(_("options: two of them are the same."))
    if any(len(text) > OPTION_MAX for text in texts):
        raise TooLarge(_("options: at most %(most)s characters each."), most=OPTION_MAX)
    if any(UNSTORABLE.search(text) for text in texts):
        raise Invalid(_("options: there is a character in one that cannot be stored."))
    return texts


@contextmanager
def _locked(actor: User, message_id: int) -> Iterator[tuple[RoomChange, Poll]]:
    """Lock the room of a poll and read the poll under the lock. Raise NotFound."""
    with changing(room_of_message(actor, message_id, NO_POLL)) as change:
        polls = Poll.objects.filter(message=message_id)
        poll = polls.select_related("message", "message__call").first()
        if change is None or poll is None:
            raise NotFound(NO_POLL)
        yield change, poll


def _chosen(user: User, poll: Poll) -> list[int]:
    return list(poll.votes.filter(user=user).values_list("option", flat=True))


def _count(poll: Poll) -> None:
    """Count anew: the lock on the room keeps all others from voting meanwhile."""
    votes: dict[int, list[int]] = {}
    for option, user in poll.votes.order_by("pk").values_list("option", "user"):
        votes.setdefault(option, []).append(user)
    poll.count(votes)
    poll.save(update_fields=["voters", "tally"])


def _store(change: RoomChange, poll: Poll) -> None:
    """Give the message, whose row tells how the poll stands, the room's next version."""
    poll.message.version = change.next_version()
    poll.message.save(update_fields=["version"])
    change.add_message(poll.message)


def _ack(change: RoomChange, poll: Poll) -> Ack:
    return Ack(change.room.pk, change.room.version, poll.message.seq, poll.message.pk)
