"""Messages: a room's history, and what one may do with them."""

from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from chat.api.answers import EarlierBody, Edits, People, Place, answer, answers
from chat.api.fields import Asked, Flag, Id, Moment, NumberInQuery, Text
from chat.api.request import MemberRequest
from chat.rows import MessageRow
from chat.services import forwarding, people, reading
from chat.services import messages as service
from chat.services.pins import Pins, pins_of
from chat.services.posting import Ack
from chat.services.reading import HISTORY_DEFAULT, History

router = Router(tags=["messages"])


class NewMessage(Asked):
    """A message to post. ``client_id`` is the client's own: keep it when sending again.

    ``in_room`` shows one in a thread in the room as well.
    """

    client_id: UUID
    body: Text
    reply_to: Id | None = None
    thread: Id | None = None
    attachments: list[Id] = []
    in_room: Flag = False


class MessagePatch(Asked):
    """The new body of a message."""

    body: Text


class ReactionChange(Asked):
    """An emoji to put on, or to take off."""

    emoji: Text
    on: Flag


class PinChange(Asked):
    """Whether the message is pinned."""

    on: Flag


class Passing(Asked):
    """The room to forward a message to. Keep ``client_id`` when asking again."""

    room: Id
    client_id: UUID


@router.get("rooms/{any_id:room_id}/messages", openapi_extra=answers(History))
def history(
    request: MemberRequest,
    room_id: int,
    before: NumberInQuery | None = None,
    after: NumberInQuery | None = None,
    around: NumberInQuery | None = None,
    limit: NumberInQuery = HISTORY_DEFAULT,
) -> HttpResponse:
    """A page of a room's messages, ascending by seq; without an anchor the newest.

    At most one of ``before``, ``after`` and ``around``, each a seq. More than 200 is taken as 200.
    """
    page = reading.history(
        request.auth, room_id, before=before, after=after, around=around, limit=limit
    )
    return answer(page)


@router.get("rooms/{any_id:room_id}/seq", openapi_extra=answers(Place))
def seq_at(request: MemberRequest, room_id: int, at: Moment) -> HttpResponse:
    """The seq of the first message at or after ``at``, an ISO 8601 time with its zone."""
    return answer(Place(reading.seq_at(request.auth, room_id, at)))


@router.get("messages/{any_id:message_id}", openapi_extra=answers(MessageRow))
def message(request: MemberRequest, message_id: int) -> HttpResponse:
    """One message."""
    return answer(reading.message_of(request.auth, message_id))


@router.post("rooms/{any_id:room_id}/messages", openapi_extra=answers(Ack))
def post(request: MemberRequest, room_id: int, asked: NewMessage) -> HttpResponse:
    """Post a message. The same ``client_id`` again is answered as it was the first time."""
    ack = service.post(
        request.auth,
        room_id,
        asked.client_id,
        asked.body,
        asked.reply_to,
        asked.thread,
        asked.attachments,
        in_room=asked.in_room,
    )
    return answer(ack)


@router.patch("messages/{any_id:message_id}", openapi_extra=answers(Ack))
def edit(request: MemberRequest, message_id: int, asked: MessagePatch) -> HttpResponse:
    """Edit one's own message."""
    return answer(service.edit(request.auth, message_id, asked.body))


@router.delete("messages/{any_id:message_id}", openapi_extra=answers(Ack))
def delete(request: MemberRequest, message_id: int) -> HttpResponse:
    """Turn a message into a tombstone."""
    return answer(service.remove(request.auth, message_id))


@router.get("messages/{any_id:message_id}/edits", openapi_extra=answers(Edits))
def edits(request: MemberRequest, message_id: int) -> HttpResponse:
    """What a message said before it was edited: the newest 50 of it, oldest first."""
    found = reading.edits_of(request.auth, message_id)
    return answer(Edits([EarlierBody(**edit) for edit in found]))


@router.get("messages/{any_id:message_id}/seen", openapi_extra=answers(People))
def seen_by(request: MemberRequest, message_id: int) -> HttpResponse:
    """Who else has read a message, in rooms of up to 50: of those who share it, to those who do."""
    return answer(People(people.seen_by(request.auth, message_id)))


@router.post("messages/{any_id:message_id}/reactions", openapi_extra=answers(Ack))
def react(request: MemberRequest, message_id: int, asked: ReactionChange) -> HttpResponse:
    """Put an emoji on a message, or take one's own off."""
    return answer(service.react(request.auth, message_id, asked.emoji, asked.on))


@router.post("messages/{any_id:message_id}/pin", openapi_extra=answers(Ack))
def pin(request: MemberRequest, message_id: int, asked: PinChange) -> HttpResponse:
    """Pin a message to its room, or unpin it."""
    return answer(service.pin(request.auth, message_id, asked.on))


@router.post("messages/{any_id:message_id}/forward", openapi_extra=answers(Ack))
def forward(request: MemberRequest, message_id: int, asked: Passing) -> HttpResponse:
    """Post a copy of a message in another room, with the name of its author."""
    ack = forwarding.forward(request.auth, message_id, asked.room, asked.client_id)
    return answer(ack)


@router.get("rooms/{any_id:room_id}/pins", openapi_extra=answers(Pins))
def pins(request: MemberRequest, room_id: int) -> HttpResponse:
    """What is pinned to a room, the newest pin first."""
    return answer(pins_of(request.auth, room_id))
