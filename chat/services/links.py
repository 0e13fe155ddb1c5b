"""Join links: made and revoked by those who look after a room, used by whoever holds one."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import rows
from chat.errors import Forbidden, Invalid, NotFound
from chat.models import JoinLink, Membership, Room
from chat.models.audit import Verb
from chat.permissions import NO_ROOM, check_not_direct, check_seat, check_steward, check_writable
from chat.services import audit
from chat.services.changing import RoomChange, changing
from chat.services.members import take_seat

LIFE_MIN, LIFE_MAX = 60, 30 * 24 * 60 * 60  # s
USES_MAX = 1000
LINKS_MAX = 20  # with which one can still come in, in one room

NO_LINK = _("This link leads nowhere. Perhaps a part of it was lost on the way.")
REVOKED = _("This link was revoked. Ask whoever gave it to you for a new one.")
EXPIRED = _("This link has expired. Ask whoever gave it to you for a new one.")
USED_UP = _("This link has been used up. Ask whoever gave it to you for a new one.")


def create(
    actor: User, room_id: int, *, expires_in: int | None = None, uses_max: int | None = None
) -> tuple[JoinLink, str]:
    """Make a link into a room, for ``expires_in`` seconds and ``uses_max`` members, or no limit.

    Owners and moderators may. Returns the link and its secret, which cannot be read again. Raises
    Invalid, NotFound or Forbidden.
    """
    if expires_in is not None and not LIFE_MIN <= expires_in <= LIFE_MAX:
        raise Invalid(
            _("expires_in: from %(least)s to %(most)s seconds."), least=LIFE_MIN, most=LIFE_MAX
        )
    if uses_max is not None and not 1 <= uses_max <= USES_MAX:
        raise Invalid(_("uses_max: from 1 to %(most)s."), most=USES_MAX)
    with changing(room_id) as change:
        room = _stewarded(actor, change)
        check_writable(room)
        now = timezone.now()
        if JoinLink.objects.filter(room=room).usable(now).count() >= LINKS_MAX:
            raise Invalid(
                _("A room has at most %(most)s links at a time. Revoke one first."), most=LINKS_MAX
            )
        secret = JoinLink.new_secret()
        link = JoinLink.objects.create(
            room=room,
            digest=JoinLink.digest_of(secret),
            created_by=actor,
            created_at=now,
            expires_at=now + timedelta(seconds=expires_in) if expires_in else None,
            uses_max=uses_max,
        )
        audit.record(actor, Verb.MAKE_LINK, room=room, after=_facts(link))
    return link, secret


def revoke(actor: User, room_id: int, link_id: int) -> None:
    """End a link. A second time changes nothing. Raises NotFound or Forbidden."""
    with changing(room_id) as change:
        room = _stewarded(actor, change)
        link = JoinLink.objects.filter(room=room, pk=link_id).first()
        if link is None:
            raise NotFound(_("There is no such link."))
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at"])
            before, after = _facts(link), {"link": link.pk, "revoked": True}
            audit.record(actor, Verb.REVOKE_LINK, room=room, before=before, after=after)


def links_of(actor: User, room_id: int) -> list[JoinLink]:
    """Return the links with which one can still come in, newest first.

    Owners and moderators may. Raises NotFound or Forbidden.
    """
    room = Room.objects.filter(pk=room_id).first()
    seat = Membership.objects.active().filter(room=room_id, user=actor).first()
    if not actor.is_moderator:
        check_seat(room, seat)
    if room is None:
        raise NotFound(NO_ROOM)
    _check_may_link(actor, room, seat)
    links = JoinLink.objects.filter(room=room).usable(timezone.now())
    return list(links.select_related("created_by"))


def look(digest: str) -> Room:
    """Return the room into which the link of this digest leads, if it still does.

    Raises NotFound, or Forbidden with the reason.
    """
    link = _found(digest)
    _check_usable(link, timezone.now())
    return link.room


def use(actor: User, digest: str) -> Room:
    """Take a seat by a link. One who is in the room already uses nothing up.

    Raises NotFound, or Forbidden with the reason.
    """
    with changing(_found(digest).room_id) as change:
        link = _found(digest)  # under the room's lock: two cannot use it up at once
        assert change is not None
        if change.seat_of(actor) is None:
            _check_usable(link, timezone.now())
            take_seat(change, actor)
            link.uses += 1
            link.save(update_fields=["uses"])
        return change.room


def _facts(link: JoinLink) -> audit.Facts:
    """Return what the audit trail says of a link: nothing that leads in."""
    until = rows.wire_time(link.expires_at) if link.expires_at else None
    return {"link": link.pk, "until": until, "uses": link.uses, "uses_max": link.uses_max}


def _found(digest: str) -> JoinLink:
    link = JoinLink.objects.select_related("room").filter(digest=digest).first()
    if link is None:
        raise NotFound(NO_LINK)
    return link


def _check_usable(link: JoinLink, now: datetime) -> None:
    if link.revoked_at is not None:
        raise Forbidden(REVOKED)
    if link.expires_at is not None and link.expires_at <= now:
        raise Forbidden(EXPIRED)
    if link.uses_max is not None and link.uses >= link.uses_max:
        raise Forbidden(USED_UP)
    check_writable(link.room)


def _stewarded(actor: User, change: RoomChange | None) -> Room:
    if change is None:
        raise NotFound(NO_ROOM)
    seat = change.seat_of(actor) if actor.is_moderator else change.require_seat(actor)
    _check_may_link(actor, change.room, seat)
    return change.room


def _check_may_link(actor: User, room: Room, seat: Membership | None) -> None:
    check_not_direct(room, _("One cannot make links into a direct conversation."))
    check_steward(actor, seat, _("Only owners and moderators may make and see links."))
