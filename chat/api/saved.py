"""Messages that one keeps for oneself."""

from django.http import HttpResponse
from ninja import Router

from chat.api.answers import Kept, answer, answers
from chat.api.fields import Asked, Flag
from chat.api.request import MemberRequest
from chat.services import saved as service
from chat.services.saved import SavedIds, SavedMessages

router = Router(tags=["saved"])


class SaveChange(Asked):
    """Whether to keep the message."""

    on: Flag


@router.get("saved", openapi_extra=answers(SavedMessages))
def saved(request: MemberRequest) -> HttpResponse:
    """What one saved and may still read, the newest first."""
    return answer(service.saved_by(request.auth))


@router.get("saved/ids", openapi_extra=answers(SavedIds))
def saved_ids(request: MemberRequest) -> HttpResponse:
    """The ids of the messages one saved."""
    return answer(service.saved_ids(request.auth))


@router.post("messages/{any_id:message_id}/saved", openapi_extra=answers(Kept))
def save(request: MemberRequest, message_id: int, asked: SaveChange) -> HttpResponse:
    """Keep a message for oneself, or no longer."""
    service.save(request.auth, message_id, asked.on)
    return answer(Kept(message_id))
