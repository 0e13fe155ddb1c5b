"""Who is in a room: join, leave, invite, remove, roles, mutes, and how far each has read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import broadcast, rows
from chat.errors import ChatError, Forbidden, Invalid, NotFound
from chat.models import Block, Membership, Role, Room, Sanction, batch
from chat.models.audit import Verb
from chat.permissions import (
    NO_ROOM,
    check_may_write,
    check_not_direct,
    check_owner,
    check_seat,
    check_steward,
    check_writable,
)
from chat.sentences import Sentence, filled
from chat.services import audit, sanctions
from chat.services.access import member_room
from chat.services.changing import RoomChange, changing, changing_many, store_seat

NO_MEMBER = _("There is no such member.")


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a member says they have read, and by which socket."""

    user: int
    room: int
    seq: int
    connection: str = ""


def join(actor: User, room_id: int) -> Room:
    """Take a seat in a public room. Being in it already changes nothing.

    Raises NotFound for a room that is not public, and for guests, Forbidden for an archived one.
    """
    with changing(room_id) as change:
        if change is None:
            raise NotFound(NO_ROOM)
        if change.seat_of(actor) is None:
            if change.room.kind != Room.Kind.PUBLIC or actor.is_guest:
                raise NotFound(NO_ROOM)
            if change.room.archived_at is not None:
                raise Forbidden(_("This room is archived."))
            take_seat(change, actor)
        return change.room


def welcome(user: User) -> None:
    """Seat a new member in the public rooms that the site names for that, as far as they exist.

    Who has been in any room is not new: what they left, they left. Guests wait to be let in.
    """
    if user.is_guest or Membership.objects.filter(user=user).exists():
        return
    rooms = Room.objects.listed().filter(slug__in=settings.WELCOME_ROOMS)
    for room_id in rooms.values_list("pk", flat=True):
        join(user, room_id)


def leave(actor: User, room_id: int) -> Room:
    """Give up the seat in a room; with the last one it is archived.

    Raises NotFound, or Forbidden where there is no seat to give up, and for the last owner while
    others are there: somebody has to look after them.
    """
    with changing(room_id) as change:
        room, seat = _own_seat(actor, change)
        assert change is not None
        check_not_direct(room, _("One cannot leave a direct conversation."))
        _check_not_last_owner(change, seat)
        give_up_seat(change, seat)
        _close_if_empty(change)
        return room


def invite(actor: User, room_id: int, user_id: int) -> Room:
    """Give another member a seat. Owners and moderators may.

    Raises NotFound or Forbidden.
    """
    with changing(room_id) as change:
        room, seat = _own_seat(actor, change)
        assert change is not None
        check_not_direct(room, _("One cannot invite into a direct conversation."))
        check_steward(actor, seat, _("Only owners and moderators may invite."))
        check_writable(room)
        user = User.objects.filter(pk=user_id, is_active=True, banned_at=None).first()
        if user is None:
            raise NotFound(NO_MEMBER)
        if change.seat_of(user) is None:
            if Block.objects.between([actor.pk], [user.pk]).exists():
                raise Forbidden(_("You cannot invite this member."))
            sanctions.check_not_banned(room, user, _("This member is banned from the room."))
            take_seat(change, user)
        return room


def remove(actor: User, room_id: int, user_id: int, reason: str = "") -> Room:
    """Take another member's seat away. Moderators cannot remove owners or each other.

    Raises NotFound or Forbidden.
    """
    with changing(room_id) as change:
        room, own = _stewards_seat(actor, change)
        assert change is not None
        check_not_direct(room, _("One cannot remove anyone from a direct conversation."))
        check_steward(actor, own, _("Only owners and moderators may remove members."))
        seat = _seat_of(change, user_id)
        _check_outranks(actor, own, seat)
        _check_not_last_owner(change, seat)
        give_up_seat(change, seat)
        _close_if_empty(change)
        reason = audit.clean_reason(reason)
        before: audit.Facts = {"role": seat.role}
        audit.record_seat(actor, Verb.REMOVE_MEMBER, reason, seat, before, {"role": None})
        told = filled(_("You were removed from %(room)s."), room=room.name)
        sanctions.tell_with_reason(user_id, "remove", told, reason, room.pk)
        return room


def set_role(actor: User, room_id: int, user_id: int, role: str, reason: str = "") -> Room:
    """Make a member owner, moderator or plain member. Owners may.

    Raises Invalid, NotFound or Forbidden.
    """
    if role not in Role.values:
        raise Invalid(_("role: owner, moderator or member."))
    with changing(room_id) as change:
        room, own = _stewards_seat(actor, change)
        assert change is not None
        check_not_direct(room, _("One cannot give roles in a direct conversation."))
        check_owner(actor, own, _("Only owners may give roles."))
        seat = _seat_of(change, user_id)
        if seat.role != role:
            if role != Role.OWNER:
                _check_not_last_owner(change, seat)
            before, seat.role = {"role": seat.role}, role
            store_seat(change, seat)
            reason = audit.clean_reason(reason)
            audit.record_seat(actor, Verb.CHANGE_ROLE, reason, seat, before, {"role": role})
        return room


def mute(actor: User, room_id: int, user_id: int, until: datetime | None, reason: str = "") -> Room:
    """Keep a member from writing until then; None lets them write again.

    Raises Invalid for an end that has passed, TooLarge, NotFound or Forbidden.
    """
    sanctions.check_until(until)
    reason = audit.clean_reason(reason)
    with changing(room_id) as change:
        room, own = _stewards_seat(actor, change)
        assert change is not None
        check_not_direct(room, _("One cannot mute anyone in a direct conversation."))
        check_steward(actor, own, _("Only owners and moderators may mute members."))
        # Whoever left takes the mute along, and it can be lifted all the same.
        seat = _seat_of(change, user_id, left_too=until is None)
        _check_outranks(actor, own, seat)
        if seat.muted_until != until:
            before, seat.muted_until = _mute_facts(seat.muted_until), until
            store_seat(change, seat)
            if until is not None:
                sanctions.impose(actor, Sanction.Kind.MUTE, seat.user, room, until, reason)
            elif sanctions.end(actor, Sanction.Kind.MUTE, seat.user, room):
                told = filled(_("You may write in %(room)s again."), room=room.name)
                sanctions.tell(seat.user_id, "mute", told, room.pk)
            verb = Verb.UNMUTE if until is None else Verb.MUTE
            audit.record_seat(actor, verb, reason, seat, before, _mute_facts(until))
        return room


def mute_by_filter(room_id: int, user_id: int, until: datetime, reason: Sentence) -> None:
    """Keep a member from writing until then because a filter says so; a longer mute stays."""
    with changing(room_id) as change:
        seats = Membership.objects.active().select_related("user")
        seat = seats.filter(room=room_id, user=user_id).first()
        if change is None or seat is None or (seat.muted_until and seat.muted_until >= until):
            return
        before, seat.muted_until = _mute_facts(seat.muted_until), until
        store_seat(change, seat)
        sanctions.impose(None, Sanction.Kind.MUTE, seat.user, change.room, until, reason)
        audit.record_seat(None, Verb.MUTE, str(reason), seat, before, _mute_facts(until))


def ban(
    actor: User, room_id: int, user_id: int, until: datetime | None = None, reason: str = ""
) -> Room:
    """Keep somebody out of a room, in it now or not, until then or for good.

    Who looks after the room may, and nobody bans owners or moderators but owners. Raises Invalid
    for an end that has passed, TooLarge, NotFound or Forbidden.
    """
    sanctions.check_until(until)
    reason = audit.clean_reason(reason)
    with changing(room_id) as change:
        room, own = _stewards_seat(actor, change)
        assert change is not None
        check_not_direct(room, _("One cannot ban anyone from a direct conversation."))
        check_steward(actor, own, _("Only owners and moderators may ban members."))
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            raise NotFound(NO_MEMBER)
        if user == actor or user.is_moderator:
            raise Forbidden(_("Moderators cannot be banned."))
        seat = change.seat_of(user)
        if seat is not None:
            _check_outranks(actor, own, seat)
            _check_not_last_owner(change, seat)
            give_up_seat(change, seat)
            _close_if_empty(change)
        sanctions.impose(actor, Sanction.Kind.BAN, user, room, until, reason)
        after = sanctions.facts("banned", until)
        audit.record(actor, Verb.BAN, reason, room=room, user=user, after=after)
        return room


def unban(actor: User, room_id: int, user_id: int, reason: str = "") -> Room:
    """Let somebody join a room again; it takes no seat for them. Raises NotFound or Forbidden."""
    reason = audit.clean_reason(reason)
    with changing(room_id) as change:
        room, own = _stewards_seat(actor, change)
        check_steward(actor, own, _("Only owners and moderators may let members back."))
        user = User.objects.filter(pk=user_id).first()
        if user is None or not sanctions.end(actor, Sanction.Kind.BAN, user, room):
            raise NotFound(NO_MEMBER)
        told = filled(_("You may join %(room)s again."), room=room.name)
        sanctions.tell(user.pk, "ban", told)
        audit.record(actor, Verb.UNBAN, reason, room=room, user=user, before={"banned": True})
        return room


def mark_read(actor: User, room_id: int, seq: int, connection: str = "") -> tuple[int, int]:
    """Move one's read position in a room on to ``seq``, never back, never past the last message.

    ``connection`` is the socket that said so and need not be told. Returns the room's version and
    the position. Raises NotFound or Forbidden.
    """
    [outcome] = mark_read_many([Reading(actor.pk, room_id, seq, connection)])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def mark_read_many(readings: Sequence[Reading]) -> list[tuple[int, int] | ChatError]:
    """Move many read positions in one transaction; return for each what ``mark_read`` would."""
    with transaction.atomic():
        lock = batch.lock_seats((reading.room, reading.user) for reading in readings)
        held = batch.seats_in(batch.run(lock))
        seats = {(seat.room_id, seat.user_id): seat for seat in held}
        rooms = Room.objects.in_bulk({reading.room for reading in readings})
        before = {seat.pk: (seat.read_seq, seat.unread_from) for seat in held}
        outcomes = [
            _read_on(reading, rooms.get(reading.room), seats.get((reading.room, reading.user)))
            for reading in readings
        ]
        moved = [seat for seat in held if (seat.read_seq, seat.unread_from) != before[seat.pk]]
        if moved:
            batch.run(batch.update_seats(moved))
            sockets = {(reading.room, reading.user): reading.connection for reading in readings}
            for seat in moved:
                room, user = seat.room_id, seat.user_id
                # How the mark goes, the socket that read on does not know either.
                is_known = seat.unread_from == before[seat.pk][1]
                connection = sockets[room, user] if is_known else ""
                told = broadcast.Read(room, user, seat.read_seq, connection, seat.unread_from)
                broadcast.announce(told)
    return outcomes


def _read_on(
    reading: Reading, room: Room | None, seat: Membership | None
) -> tuple[int, int] | ChatError:
    try:
        check_seat(room, seat)
    except ChatError as refusal:
        return refusal
    assert room is not None
    assert seat is not None
    seq = min(reading.seq, room.last_seq)
    seat.read_seq = max(seat.read_seq, seq)
    if seat.unread_from is not None and seq >= seat.unread_from:
        seat.unread_from = seq + 1 if seq < seat.read_seq else None
    return room.version, seat.read_seq


def check_is_member(actor: User, room_id: int) -> None:
    """Raise NotFound or Forbidden for one who is not in the room."""
    member_room(actor, room_id)


def check_may_type(actor: User, room_id: int) -> None:
    """Raise NotFound or Forbidden for one who could not say in the room what they type."""
    check_may_write(*member_room(actor, room_id))


def profile_changed(user: User) -> None:
    """Let every room that ``user`` is in show their name and picture as they now are."""
    room_ids = Membership.objects.active().filter(user=user).values_list("room", flat=True)
    with changing_many(list(room_ids)) as changes:
        seats = Membership.objects.active().filter(user=user, room__in=changes)
        # All locked at once, in the order in which read positions lock them too.
        for seat in seats.select_for_update().order_by("pk"):
            store_seat(changes[seat.room_id], seat)


def take_seat(change: RoomChange, user: User) -> None:
    """Seat ``user``, who was in the room before or not. What was said before counts as read.

    The first one in an empty room owns it: no room is without an owner while anybody is in it.
    """
    sanctions.check_not_banned(change.room, user)
    seat = Membership.objects.filter(room=change.room, user=user).first()
    if seat is None:
        seat = Membership(room=change.room, user=user)
    is_empty = not Membership.objects.active().filter(room=change.room).exists()
    seat.role = Role.OWNER if is_empty else Role.MEMBER
    seat.left_at = None
    seat.joined_at = timezone.now()
    seat.read_seq = max(seat.read_seq, change.room.last_seq)
    seat.unread_from = None
    store_seat(change, seat, moved=True)


def take_seat_again(change: RoomChange, seat: Membership) -> None:
    """Give the member of ``seat`` their place back, as if they had never left."""
    seat.left_at = None
    store_seat(change, seat, moved=True)


def _mute_facts(until: datetime | None) -> audit.Facts:
    return {"muted_until": until and rows.wire_time(until)}


def give_up_seat(change: RoomChange, seat: Membership) -> None:
    """Let the member of ``seat`` be in the room no longer."""
    seat.left_at = timezone.now()
    store_seat(change, seat, moved=True)


def _close_if_empty(change: RoomChange) -> None:
    """Archive a room that the last one left: nobody is there to look after it."""
    if not Membership.objects.active().filter(room=change.room).exists():
        change.room.archived_at = change.room.archived_at or timezone.now()
        change.add_info()


def _own_seat(actor: User, change: RoomChange | None) -> tuple[Room, Membership]:
    if change is None:
        raise NotFound(NO_ROOM)
    return change.room, change.require_seat(actor)


def _stewards_seat(actor: User, change: RoomChange | None) -> tuple[Room, Membership | None]:
    """Return the room and the seat of ``actor``; a moderator of the site needs none."""
    if change is not None and actor.is_moderator:
        return change.room, change.seat_of(actor)
    return _own_seat(actor, change)


def _seat_of(change: RoomChange, user_id: int, *, left_too: bool = False) -> Membership:
    seats = Membership.objects.all() if left_too else Membership.objects.active()
    seat = seats.select_related("user").filter(room=change.room, user=user_id).first()
    if seat is None:
        raise NotFound(NO_MEMBER)
    return seat


def _check_outranks(actor: User, own: Membership | None, other: Membership) -> None:
    if actor.is_moderator or (own is not None and own.role == Role.OWNER):
        return
    if other.is_steward:
        raise Forbidden(_("Only owners may do this to owners and moderators."))


def _check_not_last_owner(change: RoomChange, seat: Membership) -> None:
    if seat.role != Role.OWNER:
        return
    others = Membership.objects.staying().filter(room=change.room).exclude(pk=seat.pk)
    if others.exists() and not others.filter(role=Role.OWNER).exists():
        raise Forbidden(_("A room needs an owner: make somebody else one first."))
