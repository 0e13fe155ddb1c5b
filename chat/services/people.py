"""What members say of themselves, and what others are shown of it."""

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.models import STATUS_MAX, ReadOut, User
from chat import rows
from chat.errors import Forbidden, Invalid, NotFound, TooLarge
from chat.models import Block, Membership
from chat.models.message import UNSTORABLE
from chat.permissions import NO_MESSAGE, check_seat
from chat.services import blocks, presence
from chat.services.access import access_message, people_for
from chat.services.members import NO_MEMBER, profile_changed
from chat.services.messages import clean_emoji
from chat.services.preferences import clean_until

SEEN_BY_MAX = 50  # members of a room in which it is told who has read a message
LINE_BREAKS = re.compile(r"\s+")


def profile(actor: User, user_id: int) -> rows.ProfileRow:
    """Return what ``actor`` may see of a member. Raises NotFound."""
    user = people_for(actor).filter(pk=user_id).first()
    if user is None:
        raise NotFound(NO_MEMBER)
    apart = blocks.are_apart(actor.pk, user.pk)
    state = presence.state_of(user.pk)
    shares = user.shares_last_seen and not apart and state == "offline"
    return rows.profile_row(
        user,
        presence=state,
        last_seen=user.last_seen_at if shares else None,
        blocked=Block.objects.filter(blocker=actor, blocked=user).exists(),
    )


def set_status(actor: User, text: str, emoji: str = "", until: datetime | None = None) -> User:
    """Say what one is up to, in a line or an emoji or both, until then or until it is changed.

    Nothing of either clears it. Raises Invalid or TooLarge.
    """
    text = LINE_BREAKS.sub(" ", text).strip()
    if UNSTORABLE.search(text) or names.hides_something(text):
        raise Invalid(_("status: there is a character in it that cannot be stored."))
    if len(text) > STATUS_MAX:
        raise TooLarge(_("status: at most %(most)s characters."), most=STATUS_MAX)
    emoji = clean_emoji(emoji) if emoji.strip() else ""
    until = clean_until("status_until", until) if text or emoji else None
    return _store(actor, status=text, status_emoji=emoji, status_until=until)


def do_not_disturb(actor: User, until: datetime | None) -> User:
    """Ask not to be disturbed until then; None ends that. Raises Invalid."""
    return _store(actor, dnd_until=clean_until("dnd_until", until))


def share(actor: User, *, reading: bool | None = None, last_seen: bool | None = None) -> User:
    """Choose whether others see how far one has read, and when one was here last."""
    wanted: dict[str, Any] = {}
    if reading is not None:
        wanted["shares_reading"] = reading
    if last_seen is not None:
        wanted["shares_last_seen"] = last_seen
        if not last_seen:
            wanted["last_seen_at"] = None
    User.objects.filter(pk=actor.pk).update(**wanted)
    return User.objects.get(pk=actor.pk)


def put_away_introduction(actor: User) -> User:
    """Remember that one was shown around: the three things of the first visit do not come again."""
    User.objects.filter(pk=actor.pk).update(shown_around=True)
    return User.objects.get(pk=actor.pk)


def prefer(actor: User, *, read_out: str | None = None, single_keys: bool | None = None) -> User:
    """Choose what is read out of the open room, and whether single keys do anything.

    Raises Invalid.
    """
    if read_out is not None and read_out not in ReadOut.values:
        raise Invalid(_("read_out: everything, mentions or nothing."))
    asked = {"read_out": read_out, "single_keys": single_keys}
    wanted = {name: value for name, value in asked.items() if value is not None}
    User.objects.filter(pk=actor.pk).update(**wanted)
    return User.objects.get(pk=actor.pk)


def seen_by(actor: User, message_id: int) -> list[rows.PersonRow]:
    """Return who else has read a message of a room that ``actor`` is in, by name.

    Only of those who share it, and to those who share it. Raises NotFound, or Forbidden in rooms
    of more than SEEN_BY_MAX members.
    """
    message = access_message(actor, message_id)
    if message.is_tombstone:
        raise NotFound(NO_MESSAGE)
    seats = list(
        Membership.objects.active()
        .filter(room=message.room)
        .select_related("user")[: SEEN_BY_MAX + 1]
    )
    own = Membership.objects.active().filter(room=message.room, user=actor).first()
    check_seat(message.room, own, NO_MESSAGE)
    if len(seats) > SEEN_BY_MAX:
        raise Forbidden(
            _("Who has read is told in rooms of up to %(most)s members."), most=SEEN_BY_MAX
        )
    if not actor.shares_reading:
        raise Forbidden(
            _("You do not share how far you have read, so you are not shown it either.")
        )
    apart = Block.objects.between([actor.pk], [seat.user_id for seat in seats]).pairs()
    readers = [
        seat.user
        for seat in seats
        if seat.read_seq >= message.seq
        and seat.user.shares_reading
        and seat.user_id not in (actor.pk, message.author_id)
        # What was said before one joined counts as read, but nobody knows whether it was.
        and seat.joined_at <= message.created_at
        and frozenset((actor.pk, seat.user_id)) not in apart
    ]
    return [rows.person_row(user) for user in sorted(readers, key=lambda user: user.name.lower())]


def _store(actor: User, **wanted: Any) -> User:
    """Write what changed of a member, and show it in all their rooms."""
    # Without a signal: what is written here is no reason to look at anybody's sockets.
    User.objects.filter(pk=actor.pk).update(**wanted)
    user = User.objects.get(pk=actor.pk)
    if any(getattr(actor, name) != value for name, value in wanted.items()):
        profile_changed(user)
    return user
