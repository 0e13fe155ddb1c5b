"""Polls: ask, vote, close."""

from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from chat.api.answers import PollChoice, answer, answers
from chat.api.fields import Asked, Flag, Id, Text
from chat.api.request import MemberRequest
from chat.services import polls as service
from chat.services.posting import Ack

router = Router(tags=["polls"])


class NewPoll(Asked):
    """A poll to post. ``client_id`` is the client's own: keep it when sending again."""

    client_id: UUID
    question: Text
    options: list[Text]
    multiple: Flag = False
    thread: Id | None = None


class Vote(Asked):
    """All that one chooses, by places from 0; none takes the vote back."""

    choice: list[Id]


@router.post("rooms/{any_id:room_id}/polls", openapi_extra=answers(Ack))
def ask(request: MemberRequest, room_id: int, asked: NewPoll) -> HttpResponse:
    """Post a poll: a message whose body is the question."""
    ack = service.ask(
        request.auth,
        room_id,
        asked.client_id,
        asked.question,
        asked.options,
        multiple=asked.multiple,
        thread=asked.thread,
    )
    return answer(ack)


@router.get("messages/{any_id:message_id}/vote", openapi_extra=answers(PollChoice))
def choice(request: MemberRequest, message_id: int) -> HttpResponse:
    """What one has chosen: a poll with many voters does not name them."""
    return answer(PollChoice(service.choice_of(request.auth, message_id)))


@router.put("messages/{any_id:message_id}/vote", openapi_extra=answers(Ack))
def vote(request: MemberRequest, message_id: int, asked: Vote) -> HttpResponse:
    """Vote, instead of what one had chosen before."""
    return answer(service.vote(request.auth, message_id, asked.choice))


@router.post("messages/{any_id:message_id}/poll/close", openapi_extra=answers(Ack))
def close(request: MemberRequest, message_id: int) -> HttpResponse:
    """Let nobody vote any more."""
    return answer(service.close(request.auth, message_id))
