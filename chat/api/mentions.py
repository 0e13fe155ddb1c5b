"""Mentions: what called one, who was named without being in a room, and rooms named in a text."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Query as InQuery
from ninja import Router

from chat import rows
from chat.api.answers import KnownRooms, answer, answers
from chat.api.fields import NumberInQuery, Query
from chat.api.request import MemberRequest
from chat.services import mentions as service
from chat.services import reading
from chat.services.mentions import INBOX_DEFAULT, Absent, Inbox

router = Router(tags=["mentions"])

Several = Annotated[list[Query] | None, InQuery()]


@router.get("mentions", openapi_extra=answers(Inbox))
def inbox(
    request: MemberRequest,
    before: NumberInQuery | None = None,
    limit: NumberInQuery = INBOX_DEFAULT,
) -> HttpResponse:
    """What called one in all one's rooms, the newest first; ``before`` is the id of a message.

    More than 100 is taken as 100.
    """
    return answer(service.inbox(request.auth, before, limit))


@router.get("rooms/{any_id:room_id}/absent", openapi_extra=answers(Absent))
def absent(request: MemberRequest, room_id: int, handle: Several = None) -> HttpResponse:
    """Which of the members with these handles are not in a room of one's own."""
    return answer(service.absent(request.auth, room_id, handle or []))


@router.get("rooms/named", openapi_extra=answers(KnownRooms))
def named(request: MemberRequest, slug: Several = None) -> HttpResponse:
    """The rooms with these addresses, as far as one may know of them."""
    found = reading.rooms_by_slug(request.auth, slug or [])
    return answer(KnownRooms([rows.info_row(room) for room in found]))
