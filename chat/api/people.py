"""People: oneself, and the others on the site."""

from django.http import HttpResponse
from ninja import Router

from accounts.models import User
from chat.api.answers import Me, People, answer, answers
from chat.api.fields import Query
from chat.api.request import MemberRequest
from chat.services import reading

router = Router(tags=["people"])


@router.get("me", openapi_extra=answers(Me))
def me(request: MemberRequest) -> HttpResponse:
    """Who one is here."""
    return answer(_me(request.auth))


@router.get("users", openapi_extra=answers(People))
def users(request: MemberRequest, q: Query = "") -> HttpResponse:
    """Others on the site whose name or handle contains ``q``, the first of them."""
    return answer(People(reading.people(request.auth, q)))


def _me(user: User) -> Me:
    return Me(
        id=user.pk,
        username=user.username,
        name=user.name,
        avatar=user.avatar_url,
        status=user.status,
        time_zone=user.time_zone,
        moderator=user.is_moderator,
    )
