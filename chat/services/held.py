"""What filters held: released or rejected by those who look after the room or the site."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.errors import ChatError, Forbidden, NotFound
from chat.models import HeldMessage, Membership, Poll, Room
from chat.models.audit import Verb
from chat.permissions import check_seat, check_steward
from chat.sentences import followed
from chat.services import audit, messages, sanctions, stewards
from chat.services.posting import Ack, Post, post_many

LISTED_MAX = 100  # held messages in a list
NO_HELD = _("There is no such held message.")
DECIDED = _("Somebody has decided this one already.")


def waiting_in(actor: User, room_id: int) -> list[HeldMessage]:
    """Return what waits in a room, the oldest first, for those who look after it.

    Raises NotFound or Forbidden.
    """
    room = Room.objects.filter(pk=room_id).first()
    seat = Membership.objects.active().filter(room=room_id, user=actor).first()
    if not actor.is_moderator or room is None:
        check_seat(room, seat)
    check_steward(actor, seat, _("Only owners and moderators may see held messages."))
    found = HeldMessage.objects.filter(room=room, state=HeldMessage.State.WAITING)
    return list(found.select_related("author", "filter").order_by("pk")[:LISTED_MAX])


def of(user: User) -> list[HeldMessage]:
    """Return what of a member's messages was held, the newest first, for themselves to see."""
    found = HeldMessage.objects.filter(author=user).exclude(state=HeldMessage.State.RELEASED)
    return list(found.select_related("room").order_by("-pk")[:LISTED_MAX])


def release(actor: User, held_id: int, reason: str = "") -> Ack:
    """Post a held message as its author, now, or change the message that it was to change.

    It stays held where the room does not take it. Raises NotFound, TooLarge, or what posting
    raises: Forbidden, in words about its author, where they may not write there any more.
    """
    reason = audit.clean_reason(reason)
    with _deciding(actor, held_id) as held:
        ack = _post(held)
        held.state = HeldMessage.State.RELEASED
        _decide(actor, held, Verb.RELEASE_HELD, reason)
        told = _("A moderator released your message.")
        sanctions.tell(held.author_id, "held", told, held.room_id)
    return ack


def reject(actor: User, held_id: int, words: str = "") -> HeldMessage:
    """Let a held message never be posted; its author is told, with ``words``.

    Raises NotFound, Forbidden or TooLarge.
    """
    words = audit.clean_reason(words)
    with _deciding(actor, held_id) as held:
        held.state, held.words = HeldMessage.State.REJECTED, words
        _decide(actor, held, Verb.REJECT_HELD, words)
        told = followed(_("A moderator rejected your message."), words)
        sanctions.tell(held.author_id, "held", told, held.room_id)
    return held


def _post(held: HeldMessage) -> Ack:
    _check_author(held)
    if held.edit_of_id is not None:
        return messages.edit(held.author, held.edit_of_id, held.body, released=True)
    [outcome] = post_many([_as_post(held)])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def _check_author(held: HeldMessage) -> None:
    """Refuse what posting would: its words are for the author, and a moderator reads these."""
    if not held.author.may_sign_in:
        raise Forbidden(_("Its author is banned from the site."))
    seat = Membership.objects.active().filter(room=held.room_id, user=held.author_id).first()
    if seat is None:
        raise Forbidden(_("Its author is not a member of this room."))
    if seat.muted_until is not None and seat.muted_until > timezone.now():
        raise Forbidden(
            _("Its author is muted in this room. It can be released when they may write again.")
        )


def _as_post(held: HeldMessage) -> Post:
    poll = None
    if held.poll:
        poll = Poll(options=held.poll["options"], multiple=held.poll["multiple"])
        poll.count({})
    return Post(
        held.author_id,
        held.room_id,
        held.client_id,
        held.body,
        held.reply_to_id,
        held.thread_id,
        in_room=held.in_room,
        forwarded=held.forwarded,
        poll=poll,
        released=True,
    )


def _open_one(actor: User, held_id: int) -> HeldMessage:
    """Return a held message that ``actor`` may decide. Raises NotFound or Forbidden."""
    held = HeldMessage.objects.select_related("author").filter(pk=held_id).first()
    may_judge = _may_judge(actor, held)
    if held is None or not may_judge:
        raise NotFound(NO_HELD)
    if held.author_id == actor.pk and not actor.is_superuser:
        raise Forbidden(_("Somebody else has to decide this one."))
    if not held.is_open:
        raise Forbidden(DECIDED)
    return held


@contextmanager
def _deciding(actor: User, held_id: int) -> Iterator[HeldMessage]:
    """Lock a held message that ``actor`` may decide. Raises NotFound or Forbidden."""
    with transaction.atomic():
        HeldMessage.objects.select_for_update().filter(pk=held_id).first()
        yield _open_one(actor, held_id)


def _decide(actor: User, held: HeldMessage, verb: Verb, reason: str) -> None:
    """Store the decision, and write it down; what it said stays with the held message."""
    held.decided_at, held.decided_by = timezone.now(), actor
    held.save(update_fields=["state", "words", "decided_at", "decided_by"])
    audit.record(
        actor, verb, reason, room=held.room_id, user=held.author_id,
        before={"held": True}, after={"held": held.pk, "state": held.state},
    )  # fmt: skip
    stewards.tell(held.room_id)


def _may_judge(actor: User, held: HeldMessage | None) -> bool:
    if actor.is_moderator:
        return True
    # Looked for in any case: it must not show in the time whether there is such a message.
    room_id = held.room_id if held else 0
    seat = Membership.objects.active().filter(room=room_id, user=actor).first()
    return seat is not None and seat.is_steward
