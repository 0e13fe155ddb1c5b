"""Who owns a room after its owner: no room with members in it is left to nobody."""

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import broadcast
from chat.models import Membership, Role, Room
from chat.models.audit import Verb
from chat.sentences import filled, in_each_language
from chat.services import audit
from chat.services.changing import RoomChange, changing_many, store_seat

REASON = "Its only owner was banned or deactivated."
MODERATORS_FIRST = Case(When(role=Role.MODERATOR, then=Value(0)), default=Value(1))


def succeed(user: User) -> None:
    """Make somebody an owner of each room whose owners cannot come back, ``user`` being one.

    The moderator who is there longest, else the member; never a guest. ``user`` keeps the role, and
    so is one of two owners if they are ever let back. Who is banned for a time stays the owner: the
    site's moderators look after the room meanwhile. Where nobody else is, nobody is chosen.
    """
    owned = Membership.objects.active().filter(user=user, role=Role.OWNER)
    rooms = owned.exclude(room__kind=Room.Kind.DIRECT).values_list("room", flat=True)
    with changing_many(list(rooms)) as changes:
        for change in changes.values():
            _appoint(change)


def _appoint(change: RoomChange) -> None:
    staying = Membership.objects.staying().filter(room=change.room).select_related("user")
    if staying.filter(role=Role.OWNER).exists():
        return
    heirs = staying.filter(user__is_guest=False)
    seat = heirs.order_by(MODERATORS_FIRST, "joined_at", "pk").first()
    if seat is None:
        return
    before, seat.role = {"role": seat.role}, Role.OWNER
    store_seat(change, seat)
    audit.record_seat(None, Verb.CHANGE_ROLE, REASON, seat, before, {"role": Role.OWNER})
    told = filled(
        _("You are an owner of %(room)s now: its only owner was banned or deactivated."),
        room=change.room.name,
    )
    texts = in_each_language(told)
    broadcast.announce(broadcast.Told(seat.user_id, "role", texts, change.room.pk))
