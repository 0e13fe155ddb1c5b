"""Drafts: what one has begun to write, for one's other devices."""

from django.http import HttpResponse
from ninja import Router

from chat import rows
from chat.api.answers import Drafts, answer, answers
from chat.api.fields import Asked, Id, Text
from chat.api.request import MemberRequest
from chat.services import drafts as service

router = Router(tags=["drafts"])


class NewDraft(Asked):
    """What was written ``age`` milliseconds ago, in a room or in a thread; empty: nothing is."""

    body: Text
    thread: Id | None = None
    reply_to: Id | None = None
    age: Id = 0


@router.get("drafts", openapi_extra=answers(Drafts))
def drafts(request: MemberRequest) -> HttpResponse:
    """What one has begun and not sent."""
    return answer(Drafts(service.drafts_of(request.auth)))


@router.put("rooms/{any_id:room_id}/draft", openapi_extra=answers(rows.DraftRow))
def keep(request: MemberRequest, room_id: int, asked: NewDraft) -> HttpResponse:
    """Keep a draft. Answers with what is kept now: a newer one outdoes what was sent."""
    row = service.keep(
        request.auth,
        room_id,
        asked.body,
        thread=asked.thread,
        reply_to=asked.reply_to,
        age=asked.age,
    )
    return answer(row)
