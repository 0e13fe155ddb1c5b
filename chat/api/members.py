"""Members of a room: oneself joining and leaving, and the others."""

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router

from chat import rows
from chat.api.answers import Done, Members, answer, answers
from chat.api.fields import Asked, Flag, Id, Moment, Text
from chat.api.request import MemberRequest
from chat.api.rooms import own_room
from chat.errors import Invalid
from chat.services import members as service
from chat.services import preferences, reading

router = Router(tags=["members"])


class Invitation(Asked):
    """Whom to give a seat."""

    user: Id


class MembershipPatch(Asked):
    """How one wants a room: ``notify`` is all, mentions or nothing.

    Until ``quiet_until`` one is told of nothing; null ends that.
    """

    notify: Text | None = None
    quiet_until: Moment | None = None
    favourite: Flag | None = None


class MemberPatch(Asked):
    """What to change about a member: role (owner, moderator, member), and a mute's end.

    ``muted_until`` null lets them write again. The reason is told to them, and kept.
    """

    role: Text | None = None
    muted_until: Moment | None = None
    reason: Text = ""


@router.get("rooms/{any_id:room_id}/members", openapi_extra=answers(Members))
def members(request: MemberRequest, room_id: int) -> HttpResponse:
    """Everyone who is or was in a room: the role of those who left is null."""
    return answer(Members(*reading.members_of(request.auth, room_id)))


@router.post("rooms/{any_id:room_id}/members", openapi_extra=answers(Done))
def invite(request: MemberRequest, room_id: int, asked: Invitation) -> HttpResponse:
    """Give somebody a seat."""
    room = service.invite(request.auth, room_id, asked.user)
    return answer(Done(room.pk, room.version))


@router.patch("rooms/{any_id:room_id}/members/{any_id:user_id}", openapi_extra=answers(Done))
def update_member(
    request: MemberRequest, room_id: int, user_id: int, asked: MemberPatch
) -> HttpResponse:
    """Change a member's role, or mute them: all that is given, or none."""
    given = asked.model_fields_set
    if not given & {"role", "muted_until"}:
        raise Invalid(_("role, muted_until: at least one of them."))
    with transaction.atomic():
        if "role" in given:
            room = service.set_role(request.auth, room_id, user_id, asked.role or "", asked.reason)
        if "muted_until" in given:
            room = service.mute(request.auth, room_id, user_id, asked.muted_until, asked.reason)
    return answer(Done(room.pk, room.version))


@router.delete("rooms/{any_id:room_id}/members/{any_id:user_id}", openapi_extra=answers(Done))
def remove(request: MemberRequest, room_id: int, user_id: int) -> HttpResponse:
    """Take somebody's seat away."""
    room = service.remove(request.auth, room_id, user_id)
    return answer(Done(room.pk, room.version))


@router.post("rooms/{any_id:room_id}/membership", openapi_extra=answers(rows.RoomRow))
def join(request: MemberRequest, room_id: int) -> HttpResponse:
    """Join a public room. Being in it already changes nothing."""
    service.join(request.auth, room_id)
    return answer(own_room(request.auth, room_id))


@router.patch("rooms/{any_id:room_id}/membership", openapi_extra=answers(rows.RoomRow))
def update_membership(request: MemberRequest, room_id: int, asked: MembershipPatch) -> HttpResponse:
    """Choose what to be told of, and whether a room is a favourite: all that is given, or none."""
    user, given = request.auth, asked.model_fields_set
    if not given:
        raise Invalid(_("notify, quiet_until, favourite: at least one of them."))
    with transaction.atomic():
        if asked.notify is not None:
            preferences.set_notify(user, room_id, asked.notify)
        if "quiet_until" in given:
            preferences.be_quiet(user, room_id, asked.quiet_until)
        if asked.favourite is not None:
            preferences.set_favourite(user, room_id, asked.favourite)
    return answer(own_room(user, room_id))


@router.delete("rooms/{any_id:room_id}/membership", openapi_extra=answers(Done))
def leave(request: MemberRequest, room_id: int) -> HttpResponse:
    """Leave a room."""
    room = service.leave(request.auth, room_id)
    return answer(Done(room.pk, room.version))
