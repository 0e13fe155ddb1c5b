"""Scheduled messages: make, list, change, cancel."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router

from chat import rows
from chat.api.answers import Scheduled, answer, answers
from chat.api.fields import Asked, Id, Moment, Text
from chat.api.request import MemberRequest
from chat.errors import Invalid
from chat.services import scheduled as service

router = Router(tags=["scheduled"])


class NewScheduled(Asked):
    """A message to be posted at ``due_at``."""

    body: Text
    due_at: Moment
    thread: Id | None = None
    reply_to: Id | None = None


class ScheduledPatch(Asked):
    """What to change. One that failed waits again; without a new time, it is sent at once."""

    body: Text | None = None
    due_at: Moment | None = None


@router.get("scheduled", openapi_extra=answers(Scheduled))
def scheduled(request: MemberRequest) -> HttpResponse:
    """What one has scheduled, and what failed."""
    return answer(Scheduled(service.scheduled_of(request.auth)))


@router.post("rooms/{any_id:room_id}/scheduled", openapi_extra=answers(rows.ScheduledRow))
def schedule(request: MemberRequest, room_id: int, asked: NewScheduled) -> HttpResponse:
    """Have a message posted later: once, and late rather than never."""
    row = service.schedule(
        request.auth,
        room_id,
        asked.body,
        asked.due_at,
        thread=asked.thread,
        reply_to=asked.reply_to,
    )
    return answer(row)


@router.patch("scheduled/{any_id:scheduled_id}", openapi_extra=answers(rows.ScheduledRow))
def change(request: MemberRequest, scheduled_id: int, asked: ScheduledPatch) -> HttpResponse:
    """Change what will be posted, or when."""
    if not asked.model_fields_set:
        raise Invalid(_("body, due_at: at least one of them."))
    row = service.change(request.auth, scheduled_id, body=asked.body, due_at=asked.due_at)
    return answer(row)


@router.delete("scheduled/{any_id:scheduled_id}", openapi_extra=answers(rows.ScheduledRow))
def cancel(request: MemberRequest, scheduled_id: int) -> HttpResponse:
    """Have it not posted."""
    return answer(service.cancel(request.auth, scheduled_id))
