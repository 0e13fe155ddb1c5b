"""People: oneself, and the others on the site."""

from typing import Literal

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from accounts.models import User
from chat import limits, rows
from chat.api.answers import Me, Noted, People, answer, answers
from chat.api.fields import Asked, Flag, Moment, Query, Text
from chat.api.request import MemberRequest
from chat.errors import Invalid
from chat.services import blocks, reading
from chat.services import people as service

router = Router(tags=["people"])


class MePatch(Asked):
    """What to say of oneself.

    ``status``, ``status_emoji`` and ``status_until`` are set together: what is left out is empty.
    """

    status: Text | None = None
    status_emoji: Text = ""
    status_until: Moment | None = None
    dnd_until: Moment | None = None
    shares_reading: Flag | None = None
    shares_last_seen: Flag | None = None
    shown_around: Literal[True] | None = None
    read_out: Text | None = None
    single_keys: Flag | None = None


@router.get("me", openapi_extra=answers(Me))
def me(request: MemberRequest) -> HttpResponse:
    """Who one is here."""
    return answer(_me(request.auth))


@router.patch("me", openapi_extra=answers(Me))
def update_me(request: MemberRequest, asked: MePatch) -> HttpResponse:
    """Change what one says of oneself, lets others see and wants of the page, as far as given.

    With ``shown_around`` the introduction of the first visit does not come again.
    """
    user, given = request.auth, asked.model_fields_set
    if not given:
        raise Invalid("At least one of: " + ", ".join(sorted(MePatch.model_fields)) + ".")
    with transaction.atomic():
        if given & {"status", "status_emoji", "status_until"}:
            user = service.set_status(
                user, asked.status or "", asked.status_emoji, asked.status_until
            )
        if "dnd_until" in given:
            user = service.do_not_disturb(user, asked.dnd_until)
        if given & {"shares_reading", "shares_last_seen"}:
            user = service.share(
                user, reading=asked.shares_reading, last_seen=asked.shares_last_seen
            )
        if asked.shown_around:
            user = service.put_away_introduction(user)
        if given & {"read_out", "single_keys"}:
            user = service.prefer(user, read_out=asked.read_out, single_keys=asked.single_keys)
    return answer(_me(user))


@router.get("me/blocks", openapi_extra=answers(People))
def blocked(request: MemberRequest) -> HttpResponse:
    """Whom one blocks, the latest first."""
    return answer(People(blocks.blocked_by(request.auth)))


@router.get("users", openapi_extra=answers(People))
def users(request: MemberRequest, q: Query = "") -> HttpResponse:
    """Others on the site whose name or handle contains ``q``, the first of them."""
    limits.count_search(request.auth.pk)
    return answer(People(reading.people(request.auth, q)))


@router.get("users/{any_id:user_id}", openapi_extra=answers(rows.ProfileRow))
def profile(request: MemberRequest, user_id: int) -> HttpResponse:
    """What one may see of a member."""
    return answer(service.profile(request.auth, user_id))


@router.put("users/{any_id:user_id}/block", openapi_extra=answers(Noted))
def block(request: MemberRequest, user_id: int) -> HttpResponse:
    """Block a member. Blocking them already changes nothing."""
    blocks.block(request.auth, user_id)
    return answer(Noted())


@router.delete("users/{any_id:user_id}/block", openapi_extra=answers(Noted))
def unblock(request: MemberRequest, user_id: int) -> HttpResponse:
    """End one's block of a member."""
    blocks.unblock(request.auth, user_id)
    return answer(Noted())


def _me(user: User) -> Me:
    return Me(
        moderator=user.is_moderator,
        shares_reading=user.shares_reading,
        shares_last_seen=user.shares_last_seen,
        read_out=user.read_out,
        single_keys=user.single_keys,
        **rows.portrait(user),
    )
