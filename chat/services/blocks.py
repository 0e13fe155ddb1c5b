"""Blocks: two members who do not write to each other, whoever of them wanted it.

While there is one, they share no direct conversation: of the one they had alone both are out, of
those with others the one who blocked. And neither is mentioned by the other: the name is drawn as
ever, so that nobody can tell, but it counts for nothing and calls nobody.
"""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import rows
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import Block, Membership, Mention, Room
from chat.services.access import people_for
from chat.services.changing import changing_many
from chat.services.members import NO_MEMBER, give_up_seat, take_seat_again

BLOCKS_MAX = 1000  # members whom one blocks
APART = _("You cannot be in a conversation with all of these members.")


def block(actor: User, user_id: int) -> None:
    """Block a member. A second time changes nothing. Raises Invalid or NotFound."""
    if user_id == actor.pk:
        raise Invalid(_("user: you cannot block yourself."))
    with transaction.atomic():
        other = _locked(actor, user_id)
        if Block.objects.filter(blocker=actor, blocked=other).exists():
            return
        if actor.blocks.count() >= BLOCKS_MAX:
            raise Invalid(_("user: one blocks at most %(most)s members."), most=BLOCKS_MAX)
        Block.objects.create(blocker=actor, blocked=other)
        _mentions_between(actor, other).update(silent=True)
        _part(actor, other)


def unblock(actor: User, user_id: int) -> None:
    """End one's block of a member. Where there is none nothing changes. Raises NotFound."""
    with transaction.atomic():
        other = _locked(actor, user_id)
        ended, _ = Block.objects.filter(blocker=actor, blocked=other).delete()
        if ended and not Block.objects.filter(blocker=other, blocked=actor).exists():
            _mentions_between(actor, other).update(silent=False)
            _bring_together(actor, other)


def blocked_by(actor: User) -> list[rows.PersonRow]:
    """Return whom ``actor`` blocks, the latest first."""
    blocks = Block.objects.filter(blocker=actor).select_related("blocked")
    return [rows.person_row(each.blocked) for each in blocks]


def are_apart(one: int, other: int) -> bool:
    """Tell whether one of the two blocks the other."""
    return Block.objects.between([one], [other]).exists()


def check_together(user_ids: Collection[int]) -> None:
    """Refuse, alike for all of them and for others, a conversation of members who are apart.

    Call it while these members are locked. Raises Forbidden.
    """
    if Block.objects.filter(blocker__in=user_ids, blocked__in=user_ids).exists():
        raise Forbidden(APART)


def silenced(mentions: Mapping[int, Iterable[int]]) -> set[tuple[int, int]]:
    """Return which (author, mentioned) of ``mentions``, members by author, are apart."""
    named = {author: set(users) - {author} for author, users in mentions.items()}
    authors = {author for author, users in named.items() if users}
    if not authors:
        return set()
    apart = Block.objects.between(authors, set().union(*named.values())).pairs()
    return {
        (author, user)
        for author, users in named.items()
        for user in users
        if frozenset((author, user)) in apart
    }


def apart_in(room_id: int, user_id: int) -> set[int]:
    """Return who in a room is apart from a member."""
    present = Membership.objects.active().filter(room=room_id).values("user")
    found = Block.objects.filter(
        Q(blocker=user_id, blocked__in=present) | Q(blocked=user_id, blocker__in=present)
    )
    return {user for pair in found.pairs() for user in pair} - {user_id}


def _locked(actor: User, user_id: int) -> User:
    """Return the other one, both locked: a conversation is not made while they are being parted."""
    pair = User.objects.filter(pk__in=[actor.pk, user_id]).order_by("pk")
    found = {user.pk: user for user in pair.select_for_update(no_key=True)}
    if user_id not in found or (actor.is_guest and found[user_id] not in people_for(actor)):
        raise NotFound(NO_MEMBER)
    return found[user_id]


def _mentions_between(one: User, other: User) -> QuerySet[Mention]:
    return Mention.objects.filter(
        Q(user=one, message__author=other) | Q(user=other, message__author=one)
    )


def _direct_rooms_of(one: User, other: User) -> list[int]:
    """Return the direct rooms that were made for both, whether they sit in them or not."""
    rooms = Room.objects.filter(kind=Room.Kind.DIRECT, memberships__user=one)
    rooms = rooms.filter(pk__in=Membership.objects.filter(user=other).values("room"))
    return list(rooms.values_list("pk", flat=True))


def _part(actor: User, other: User) -> None:
    with changing_many(_direct_rooms_of(actor, other)) as changes:
        for change in changes.values():
            leaving = {actor.pk}
            if change.room.direct_key == Room.direct_key_of({actor.pk, other.pk}):
                leaving.add(other.pk)
            seats = Membership.objects.active().filter(room=change.room, user__in=leaving)
            for seat in seats.select_related("user"):
                give_up_seat(change, seat)


def _bring_together(one: User, other: User) -> None:
    with changing_many(_direct_rooms_of(one, other)) as changes:
        for change in changes.values():
            seats = list(Membership.objects.filter(room=change.room).select_related("user"))
            present = {seat.user_id for seat in seats if seat.is_active}
            for seat in seats:
                returns = seat.user_id in (one.pk, other.pk) and not seat.is_active
                if returns and not Block.objects.between([seat.user_id], present).exists():
                    take_seat_again(change, seat)
                    present.add(seat.user_id)
