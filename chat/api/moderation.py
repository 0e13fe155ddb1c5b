"""What those who look after a room do in it: ban and let back, delete much, restore."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from chat import rows
from chat.api.answers import Ack, BanRow, Bans, Done, Purged, answer, answers
from chat.api.fields import Asked, Id, Moment, Text
from chat.api.request import MemberRequest
from chat.errors import Invalid
from chat.services import members, messages, purging, sanctions

router = Router(tags=["moderation"])

HOURS_MAX = 30 * 24  # of a member's messages that are deleted at once


class Ban(Asked):
    """Whom to ban, until when (null: for good), and why: told to them, and kept."""

    user: Id
    until: Moment | None = None
    reason: Text = ""


class Purge(Asked):
    """Of how many hours the messages are deleted, and why."""

    hours: Id
    reason: Text = ""


class Reason(Asked):
    """Why: kept in the audit trail."""

    reason: Text = ""


@router.get("rooms/{any_id:room_id}/bans", openapi_extra=answers(Bans))
def bans(request: MemberRequest, room_id: int) -> HttpResponse:
    """Who is banned from a room. For those who look after it."""
    found = sanctions.bans_from(request.auth, room_id)
    return answer(
        Bans(
            [
                BanRow(
                    rows.person_row(ban.user),
                    rows.wire_time(ban.starts_at),
                    rows.wire_time(ban.ends_at) if ban.ends_at else None,
                    ban.reason,
                )
                for ban in found
            ]
        )
    )


@router.post("rooms/{any_id:room_id}/bans", openapi_extra=answers(Done))
def ban(request: MemberRequest, room_id: int, asked: Ban) -> HttpResponse:
    """Keep somebody out of a room, who is in it or not."""
    room = members.ban(request.auth, room_id, asked.user, asked.until, asked.reason)
    return answer(Done(room.pk, room.version))


@router.delete("rooms/{any_id:room_id}/bans/{any_id:user_id}", openapi_extra=answers(Done))
def unban(request: MemberRequest, room_id: int, user_id: int) -> HttpResponse:
    """Let somebody join a room again."""
    room = members.unban(request.auth, room_id, user_id)
    return answer(Done(room.pk, room.version))


@router.post("rooms/{any_id:room_id}/members/{any_id:user_id}/purge", openapi_extra=answers(Purged))
def purge(request: MemberRequest, room_id: int, user_id: int, asked: Purge) -> HttpResponse:
    """Delete what somebody said in a room in the last hours."""
    if not 1 <= asked.hours <= HOURS_MAX:
        raise Invalid(f"hours: from 1 to {HOURS_MAX}.")
    since = timezone.now() - timedelta(hours=asked.hours)
    deleted = purging.purge_room(request.auth, room_id, user_id, since, asked.reason)
    return answer(Purged(deleted, purging.AT_ONCE_MAX))


@router.post("messages/{any_id:message_id}/restore", openapi_extra=answers(Ack))
def restore(request: MemberRequest, message_id: int, asked: Reason) -> HttpResponse:
    """Bring back a message that a moderator deleted."""
    return answer(messages.restore(request.auth, message_id, asked.reason))
