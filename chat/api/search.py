"""Searching messages."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Router
from pydantic import Field, StringConstraints

from chat import limits
from chat.api.answers import answer, answers
from chat.api.fields import NumberInQuery
from chat.api.request import MemberRequest
from chat.services import search as service
from chat.services.search import RESULTS_DEFAULT, Found

router = Router(tags=["search"])

# How long it may be is for the service to say.
SearchText = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$"), Field(title="Search")]


@router.get("search", openapi_extra=answers(Found))
def search(
    request: MemberRequest,
    q: SearchText,
    room: NumberInQuery | None = None,
    before: NumberInQuery | None = None,
    limit: NumberInQuery = RESULTS_DEFAULT,
) -> HttpResponse:
    """Messages with all words of ``q``, in one's rooms or in one of them, the newest first.

    Parts of words are found, whatever the case or the accents; `"several words"` as they stand;
    `from:@name` (or `from:me`), `in:#room`, `before:2026-11-22`, `after:2026-11-22` (that day
    included) and `has:link` narrow it down. ``before`` is the ``older`` of the page before this
    one. More than 50 is taken as 50.
    """
    limits.count_message_search(request.auth.pk)
    return answer(service.find(request.auth, q, room_id=room, before=before, limit=limit))
