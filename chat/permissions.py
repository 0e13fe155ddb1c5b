"""Who may do what in a room. The answers are errors, ready to be told."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat.errors import Forbidden, NotFound, NotInRoom
from chat.models import Callers, Membership, Message, Role, Room, Sanction, Writers
from chat.sentences import Sentence

NO_ROOM = _("There is no such room.")
NO_MESSAGE = _("There is no such message.")


def check_seat(room: Room | None, seat: Membership | None, missing: Sentence = NO_ROOM) -> None:
    """Refuse one who is not in ``room``: unless it is public, as if it did not exist."""
    if room is None or (seat is None and room.kind != Room.Kind.PUBLIC):
        raise NotFound(missing)
    if seat is None:
        raise NotInRoom(missing)


def check_writable(room: Room) -> None:
    """Refuse any change by members of a locked or archived room."""
    if room.archived_at is not None:
        raise Forbidden(_("This room is archived."))
    if room.locked:
        raise Forbidden(_("This room is locked."))


def check_may_write(room: Room, seat: Membership) -> None:
    """Refuse to let a member say anything in a closed or read-only room, or while muted.

    Plain posts are judged by ``chat.models.batch.POST_PLAIN``: a rule that comes here goes there.
    """
    check_writable(room)
    if room.writers == Writers.STEWARDS and not seat.is_steward:
        raise Forbidden(_("This room is read-only: owners and moderators write in it."))
    if seat.muted_until is not None and seat.muted_until > timezone.now():
        mute = Sanction.of(seat.user_id, Sanction.Kind.MUTE, room)
        raise Forbidden(mute.told() if mute else _("You are muted here."))


def check_may_call(room: Room, seat: Membership) -> None:
    """Refuse a member's ``@room`` and ``@here`` where only owners and moderators may call."""
    if room.kind == Room.Kind.DIRECT or room.callers == Callers.MEMBERS or seat.is_steward:
        return
    raise Forbidden(
        _(
            "Only owners and moderators may call everybody here with @room or @here."
            " Write it without the @."
        )
    )


def check_steward(actor: User, seat: Membership | None, refusal: Sentence) -> None:
    """Refuse one who looks after neither this room nor the site, with these words."""
    if not (actor.is_moderator or (seat is not None and seat.is_steward)):
        raise Forbidden(refusal)


def check_owner(actor: User, seat: Membership | None, refusal: Sentence) -> None:
    """Refuse one who neither owns this room nor moderates the site, with these words."""
    if not (actor.is_moderator or (seat is not None and seat.role == Role.OWNER)):
        raise Forbidden(refusal)


def check_not_direct(room: Room, refusal: Sentence) -> None:
    """Refuse with these words what makes no sense in a direct conversation."""
    if room.kind == Room.Kind.DIRECT:
        raise Forbidden(refusal)


def may_delete(actor: User, seat: Membership | None, message: Message) -> bool:
    """Tell whether ``actor`` may delete ``message``: its author, or who looks after the room."""
    if actor.is_moderator or (seat is not None and seat.is_steward):
        return True
    return seat is not None and message.author_id == actor.pk
