"""Rooms: one's own, the public ones, and what may be changed about them."""

from collections.abc import Iterable

from django.db import transaction
from django.http import HttpResponse
from ninja import Router

from accounts.models import User
from chat import limits, rows
from chat.api.answers import Directory, Done, ListedRoom, RoomDetail, Rooms, answer, answers
from chat.api.fields import Asked, Flag, Id, Query, Seq, Text
from chat.api.request import MemberRequest
from chat.errors import NotFound
from chat.permissions import NO_ROOM
from chat.services import members, preferences, reading, unread
from chat.services import rooms as service

router = Router(tags=["rooms"])


class NewRoom(Asked):
    """A room to make; ``kind`` is public or private."""

    kind: Text
    name: Text
    topic: Text = ""


class RoomPatch(Asked):
    """What to change about a room. ``slow_mode`` is in seconds, 0 for none.

    ``slug`` is its address, which owners may change.
    ``callers`` may write @room and @here, ``writers`` may write at all: "stewards" (owners and
    moderators) or all "members". The reason is kept.
    """

    name: Text | None = None
    topic: Text | None = None
    slow_mode: Id | None = None
    slug: Text | None = None
    locked: Flag | None = None
    archived: Flag | None = None
    callers: Text | None = None
    writers: Text | None = None
    reason: Text = ""


class Conversation(Asked):
    """The others in a direct conversation."""

    users: list[Id]


class Order(Asked):
    """One's rooms in the order in which one wants them, as far as it matters."""

    rooms: list[Id]


class ReadUpTo(Asked):
    """How far one has read."""

    seq: Seq


class UnreadFrom(Asked):
    """The message from which on all is unread."""

    seq: Seq


@router.get("rooms", openapi_extra=answers(Rooms))
def rooms(request: MemberRequest) -> HttpResponse:
    """One's own rooms, as in hello."""
    return answer(Rooms(reading.rooms_of(request.auth)))


@router.put("rooms/order", openapi_extra=answers(Rooms))
def arrange(request: MemberRequest, asked: Order) -> HttpResponse:
    """Put one's rooms in order. Those that are not named follow by name."""
    preferences.arrange(request.auth, asked.rooms)
    return answer(Rooms(reading.rooms_of(request.auth)))


@router.post("rooms", openapi_extra=answers(rows.RoomRow))
def create_room(request: MemberRequest, asked: NewRoom) -> HttpResponse:
    """Make a room that one owns."""
    room = service.create(request.auth, kind=asked.kind, name=asked.name, topic=asked.topic)
    return answer(own_room(request.auth, room.pk))


@router.get("rooms/directory", openapi_extra=answers(Directory))
def directory(request: MemberRequest, q: Query = "") -> HttpResponse:
    """Public rooms whose name or topic contains ``q``."""
    limits.count_search(request.auth.pk)
    found = reading.directory(request.auth, q)
    return answer(Directory([ListedRoom(**room) for room in found]))


@router.post("direct", openapi_extra=answers(rows.RoomRow))
def direct(request: MemberRequest, asked: Conversation) -> HttpResponse:
    """The direct conversation with exactly these members, made if there was none."""
    room = service.direct(request.auth, asked.users)
    return answer(own_room(request.auth, room.pk))


@router.get("rooms/{any_id:room_id}", openapi_extra=answers(RoomDetail))
def room(request: MemberRequest, room_id: int) -> HttpResponse:
    """A room that one may see."""
    found, seat = reading.room_detail(request.auth, room_id)
    own = own_room(request.auth, room_id) if seat else None
    return answer(RoomDetail(rows.info_row(found), found.version, found.last_seq, own))


@router.patch("rooms/{any_id:room_id}", openapi_extra=answers(rows.InfoRow))
def update_room(request: MemberRequest, room_id: int, asked: RoomPatch) -> HttpResponse:
    """Change a room's name, topic, slow mode or address, lock or archive it: all, or none."""
    user = request.auth
    with transaction.atomic():
        room = service.update(
            user,
            room_id,
            name=asked.name,
            topic=asked.topic,
            slow_mode=asked.slow_mode,
            slug=asked.slug,
            callers=asked.callers,
            writers=asked.writers,
            reason=asked.reason,
        )
        if asked.locked is not None:
            room = service.lock(user, room_id, asked.locked, asked.reason)
        if asked.archived is not None:
            room = service.archive(user, room_id, asked.archived, asked.reason)
    return answer(rows.info_row(room))


@router.post("rooms/{any_id:room_id}/read", openapi_extra=answers(Done))
def read(request: MemberRequest, room_id: int, asked: ReadUpTo) -> HttpResponse:
    """Move one's read position on. It never moves back."""
    version, _ = members.mark_read(request.auth, room_id, asked.seq)
    return answer(Done(room_id, version))


@router.post("rooms/{any_id:room_id}/unread", openapi_extra=answers(rows.RoomRow))
def mark_unread(request: MemberRequest, room_id: int, asked: UnreadFrom) -> HttpResponse:
    """Make everything from ``seq`` on unread, until one reads on. The read position stays."""
    return answer(unread.mark_unread(request.auth, room_id, asked.seq))


@router.post("rooms/read", openapi_extra=answers(Rooms))
def read_all(request: MemberRequest) -> HttpResponse:
    """Move one's read position to the end in every room."""
    unread.read_all(request.auth)
    return answer(Rooms(reading.rooms_of(request.auth)))


def own_room(user: User, room_id: int) -> rows.RoomRow:
    """Return a room that ``user`` is in, as in hello. Raises NotFound once they are not."""
    found: Iterable[rows.RoomRow] = reading.rooms_of(user, room_id)
    for row in found:
        return row
    raise NotFound(NO_ROOM)
