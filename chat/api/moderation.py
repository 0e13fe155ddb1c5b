"""What those who look after a room do in it, and what its members may say against it."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router

from chat import rows
from chat.api.answers import (
    Ack,
    BanRow,
    Bans,
    Done,
    HeldMessages,
    HeldRow,
    OwnSanction,
    OwnSanctions,
    Purged,
    Rejected,
    Retention,
    RoomSanctions,
    SanctionRow,
    Trail,
    TrailRow,
    answer,
    answers,
)
from chat.api.fields import Asked, Id, Moment, NumberInQuery, Text
from chat.api.request import MemberRequest
from chat.errors import Invalid
from chat.models import AuditEntry, Sanction
from chat.services import audit, lifting, members, messages, purging, retention, sanctions
from chat.services import held as holding
from chat.services.access import access_room

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


class Keep(Asked):
    """For how many days messages are kept; null for as long as on the whole site."""

    days: Id | None
    reason: Text = ""


class Reason(Asked):
    """Why: kept in the audit trail."""

    reason: Text = ""


class Appeal(Asked):
    """What one says against a sanction, once."""

    words: Text


@router.get("sanctions", openapi_extra=answers(OwnSanctions))
def own_sanctions(request: MemberRequest) -> HttpResponse:
    """What moderators decided about oneself."""
    return answer(OwnSanctions([_own(found) for found in sanctions.of(request.auth)]))


@router.post("sanctions/{any_id:sanction_id}/appeal", openapi_extra=answers(OwnSanction))
def appeal(request: MemberRequest, sanction_id: int, asked: Appeal) -> HttpResponse:
    """Say something against a sanction of one's own, once."""
    return answer(_own(sanctions.appeal(request.auth, sanction_id, asked.words)))


@router.get("rooms/{any_id:room_id}/sanctions", openapi_extra=answers(RoomSanctions))
def room_sanctions(request: MemberRequest, room_id: int) -> HttpResponse:
    """Who is muted in a room or banned from it. For those who look after it."""
    found = sanctions.in_force_in(request.auth, room_id)
    return answer(RoomSanctions([_row(sanction) for sanction in found]))


@router.post("sanctions/{any_id:sanction_id}/lift", openapi_extra=answers(SanctionRow))
def lift(request: MemberRequest, sanction_id: int, asked: Reason) -> HttpResponse:
    """End a mute or a ban. One that is over already stays so."""
    return answer(_row(lifting.lift_named(request.auth, sanction_id, asked.reason)))


@router.post("sanctions/{any_id:sanction_id}/answer", openapi_extra=answers(SanctionRow))
def answer_appeal(request: MemberRequest, sanction_id: int, asked: Reason) -> HttpResponse:
    """Turn an appeal down, and say why. Lifting the sanction is the other answer."""
    return answer(_row(sanctions.answer(request.auth, sanction_id, asked.reason)))


@router.get("rooms/{any_id:room_id}/audit", openapi_extra=answers(Trail))
def trail(
    request: MemberRequest, room_id: int, before: NumberInQuery | None = None
) -> HttpResponse:
    """What was done in a room, 50 entries at a time. For those who look after it."""
    found = audit.trail_of(request.auth, room_id, before)
    return answer(Trail([_trail_row(entry) for entry in found]))


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
                    _time(ban.ends_at),
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


@router.post("rooms/{any_id:room_id}/members/{any_id:user_id}/removal", openapi_extra=answers(Done))
def remove_member(
    request: MemberRequest, room_id: int, user_id: int, asked: Reason
) -> HttpResponse:
    """Take somebody's seat away, and say why: to them, and in the audit trail."""
    room = members.remove(request.auth, room_id, user_id, asked.reason)
    return answer(Done(room.pk, room.version))


@router.post("rooms/{any_id:room_id}/members/{any_id:user_id}/purge", openapi_extra=answers(Purged))
def purge(request: MemberRequest, room_id: int, user_id: int, asked: Purge) -> HttpResponse:
    """Delete what somebody said in a room in the last hours."""
    if not 1 <= asked.hours <= HOURS_MAX:
        raise Invalid(_("hours: from 1 to %(most)s."), most=HOURS_MAX)
    since = timezone.now() - timedelta(hours=asked.hours)
    deleted = purging.purge_room(request.auth, room_id, user_id, since, asked.reason)
    return answer(Purged(deleted, purging.AT_ONCE_MAX))


@router.post("messages/{any_id:message_id}/removal", openapi_extra=answers(Ack))
def remove_message(request: MemberRequest, message_id: int, asked: Reason) -> HttpResponse:
    """Turn a message into a tombstone, and say why: to its author, and in the audit trail."""
    return answer(messages.remove(request.auth, message_id, asked.reason))


@router.post("messages/{any_id:message_id}/restore", openapi_extra=answers(Ack))
def restore(request: MemberRequest, message_id: int, asked: Reason) -> HttpResponse:
    """Bring back a message that a moderator deleted."""
    return answer(messages.restore(request.auth, message_id, asked.reason))


@router.get("rooms/{any_id:room_id}/held", openapi_extra=answers(HeldMessages))
def held(request: MemberRequest, room_id: int) -> HttpResponse:
    """What filters keep until somebody has decided. For those who look after the room."""
    found = holding.waiting_in(request.auth, room_id)
    return answer(
        HeldMessages(
            [
                HeldRow(
                    each.pk,
                    rows.person_row(each.author),
                    each.body,
                    rows.wire_time(each.held_at),
                    each.filter.name if each.filter else None,
                    each.thread_id,
                    each.reply_to_id,
                    each.edit_of_id,
                )
                for each in found
            ]
        )
    )


@router.post("held/{any_id:held_id}/release", openapi_extra=answers(Ack))
def release(request: MemberRequest, held_id: int, asked: Reason) -> HttpResponse:
    """Post a held message now, as its author."""
    return answer(holding.release(request.auth, held_id, asked.reason))


@router.post("held/{any_id:held_id}/reject", openapi_extra=answers(Rejected))
def reject(request: MemberRequest, held_id: int, asked: Reason) -> HttpResponse:
    """Let a held message never be posted; its author is told why."""
    return answer(Rejected(holding.reject(request.auth, held_id, asked.reason).pk))


@router.get("rooms/{any_id:room_id}/retention", openapi_extra=answers(Retention))
def kept(request: MemberRequest, room_id: int) -> HttpResponse:
    """How long messages of a room are kept."""
    return _kept(access_room(request.auth, room_id))


@router.put("rooms/{any_id:room_id}/retention", openapi_extra=answers(Retention))
def keep(request: MemberRequest, room_id: int, asked: Keep) -> HttpResponse:
    """Say how long messages of a room are kept. For its owners."""
    return _kept(retention.set_for_room(request.auth, room_id, asked.days, asked.reason))


def _kept(room: Any) -> HttpResponse:
    days = retention.days_of(room)
    return answer(Retention(days, room.retention_days, str(retention.in_words(days))))


def _row(sanction: Sanction) -> SanctionRow:
    return SanctionRow(
        sanction.pk,
        sanction.kind,
        rows.person_row(sanction.user),
        rows.wire_time(sanction.starts_at),
        _time(sanction.ends_at),
        sanction.reason,
        rows.person_row(sanction.by) if sanction.by else None,
        sanction.appeal,
        _time(sanction.answered_at),
    )


def _own(sanction: Sanction) -> OwnSanction:
    return OwnSanction(
        sanction.pk,
        sanction.kind,
        sanction.room_id,
        str(sanction.room) if sanction.room else "",
        rows.wire_time(sanction.starts_at),
        _time(sanction.ends_at),
        sanction.reason,
        sanction.is_in_force,
        sanction.may_be_appealed,
        sanction.appeal,
        sanction.answered_at is not None,
        sanction.answer,
    )


def _trail_row(entry: AuditEntry) -> TrailRow:
    return TrailRow(
        entry.pk,
        rows.wire_time(entry.at),
        entry.verb,
        entry.get_verb_display(),
        rows.person_row(entry.actor) if entry.actor else None,
        rows.person_row(entry.user) if entry.user else None,
        entry.message.seq if entry.message else None,
        entry.reason,
        entry.before,
        entry.after,
    )


def _time(moment: datetime | None) -> str | None:
    return rows.wire_time(moment) if moment else None
