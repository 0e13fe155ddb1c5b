"""How a member wants their rooms: what to be told of, which are on top, and in which order.

It is the member's own matter: no version is taken, and only their own sockets hear of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import broadcast, rows
from chat.errors import Invalid, NotFound, TooLarge
from chat.models import Membership, Notify, Room
from chat.permissions import NO_ROOM, check_seat

UNTIL_MAX = timedelta(days=365)
ARRANGED_MAX = 500  # rooms that one puts in order


def set_notify(actor: User, room_id: int, notify: str) -> None:
    """Choose what to be told of in a room. Raises Invalid, NotFound or Forbidden."""
    if notify not in Notify.values:
        raise Invalid(_("notify: all, mentions or nothing."))
    _prefer(actor, room_id, notify=notify)


def be_quiet(actor: User, room_id: int, until: datetime | None) -> None:
    """Want to be told of nothing in a room until then; None ends that.

    Raises Invalid, NotFound or Forbidden.
    """
    _prefer(actor, room_id, quiet_until=clean_until("quiet_until", until))


def set_favourite(actor: User, room_id: int, on: bool) -> None:
    """Put a room among one's favourites, or back. Raises NotFound or Forbidden."""
    _prefer(actor, room_id, favourite=on)


def arrange(actor: User, room_ids: Sequence[int]) -> None:
    """Put these of one's rooms in this order; all others follow by name.

    Raises Invalid for a room named twice, TooLarge for too many, NotFound for one that is not the
    actor's.
    """
    if len(room_ids) > ARRANGED_MAX:
        raise TooLarge(_("rooms: at most %(most)s rooms can be put in order."), most=ARRANGED_MAX)
    places = {room_id: place for place, room_id in enumerate(room_ids)}
    if len(places) < len(room_ids):
        raise Invalid(_("rooms: each room once."))
    with transaction.atomic():
        own = Membership.objects.active().filter(user=actor)
        seats = list(own.select_for_update().order_by("pk"))
        if not places.keys() <= {seat.room_id for seat in seats}:
            raise NotFound(NO_ROOM)
        moved = [seat for seat in seats if seat.place != places.get(seat.room_id)]
        for seat in moved:
            seat.place = places.get(seat.room_id)
        if moved:
            Membership.objects.bulk_update(moved, ["place"])
            _announce(actor, moved)


def clean_until(field: str, until: datetime | None) -> datetime | None:
    """Return ``until`` if it is ahead, and not absurdly so, or None. Raises Invalid."""
    if until is None:
        return None
    ahead = until - timezone.now()
    if ahead <= timedelta(0):
        raise Invalid(_("%(field)s: that time has passed."), field=field)
    if ahead > UNTIL_MAX:
        raise Invalid(
            _("%(field)s: at most %(most)s days ahead."), field=field, most=UNTIL_MAX.days
        )
    return until


def _prefer(actor: User, room_id: int, **wanted: Any) -> None:
    with transaction.atomic():
        own = Membership.objects.active().filter(room=room_id, user=actor)
        seat = own.select_for_update().first()
        check_seat(Room.objects.filter(pk=room_id).first(), seat)
        assert seat is not None
        for name, value in wanted.items():
            setattr(seat, name, value)
        seat.save(update_fields=list(wanted))
        _announce(actor, [seat])


def _announce(actor: User, seats: Sequence[Membership]) -> None:
    told = rows.encode([rows.seat_row(seat) for seat in seats])
    broadcast.announce(broadcast.SeatsArranged(actor.pk, told))
