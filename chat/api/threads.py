"""Threads: what is in one, and where one stands in it."""

from django.http import HttpResponse
from ninja import Router

from chat.api.answers import Kept, Threads, answer, answers
from chat.api.fields import Asked, Flag, NumberInQuery, Seq
from chat.api.request import MemberRequest
from chat.services import threads as service
from chat.services.threads import REPLIES_DEFAULT, Thread

router = Router(tags=["threads"])


class ReadUpTo(Asked):
    """How far one has read."""

    seq: Seq


class FollowChange(Asked):
    """Whether one follows the thread."""

    on: Flag


@router.get("threads", openapi_extra=answers(Threads))
def own_threads(request: MemberRequest) -> HttpResponse:
    """The threads one follows: those with something new first, the newest word first."""
    return answer(Threads(service.threads_of(request.auth)))


@router.get("messages/{any_id:message_id}/thread", openapi_extra=answers(Thread))
def thread(
    request: MemberRequest,
    message_id: int,
    before: NumberInQuery | None = None,
    limit: NumberInQuery = REPLIES_DEFAULT,
) -> HttpResponse:
    """The thread that a message begins or is in: its newest messages, or those ``before`` a seq."""
    return answer(service.page(request.auth, message_id, before=before, limit=limit))


@router.post("messages/{any_id:message_id}/thread/read", openapi_extra=answers(Kept))
def read(request: MemberRequest, message_id: int, asked: ReadUpTo) -> HttpResponse:
    """Move one's read position in a thread on. It never moves back."""
    service.mark_read(request.auth, message_id, asked.seq)
    return answer(Kept(message_id))


@router.post("messages/{any_id:message_id}/thread/follow", openapi_extra=answers(Kept))
def follow(request: MemberRequest, message_id: int, asked: FollowChange) -> HttpResponse:
    """Begin to follow a thread, or turn away from it."""
    service.follow(request.auth, message_id, asked.on)
    return answer(Kept(message_id))
