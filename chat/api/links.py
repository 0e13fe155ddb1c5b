"""Join links: made and revoked by those who look after a room, used by whoever holds one."""

from django.http import HttpResponse
from ninja import Router

from chat import rows
from chat.api.answers import Link, Links, LinkTarget, Noted, answer, answers
from chat.api.fields import Asked, Id, Text
from chat.api.request import MemberRequest
from chat.api.rooms import own_room
from chat.models import JoinLink
from chat.services import links as service

router = Router(tags=["links"])


class NewLink(Asked):
    """How long, in seconds, and for how many members a link works; null for no limit."""

    expires_in: Id | None = None
    uses_max: Id | None = None


class Held(Asked):
    """The token of a link. It goes in the body: addresses are logged."""

    token: Text


@router.get("rooms/{any_id:room_id}/links", openapi_extra=answers(Links))
def links(request: MemberRequest, room_id: int) -> HttpResponse:
    """The links with which one can still come into a room."""
    return answer(Links([_link(link) for link in service.links_of(request.auth, room_id)]))


@router.post("rooms/{any_id:room_id}/links", openapi_extra=answers(Link))
def create(request: MemberRequest, room_id: int, asked: NewLink) -> HttpResponse:
    """Make a link into a room. Its page is /join/#TOKEN."""
    link, secret = service.create(
        request.auth, room_id, expires_in=asked.expires_in, uses_max=asked.uses_max
    )
    return answer(_link(link, secret))


@router.delete("rooms/{any_id:room_id}/links/{any_id:link_id}", openapi_extra=answers(Noted))
def revoke(request: MemberRequest, room_id: int, link_id: int) -> HttpResponse:
    """End a link."""
    service.revoke(request.auth, room_id, link_id)
    return answer(Noted())


@router.post("links/look", openapi_extra=answers(LinkTarget))
def look(request: MemberRequest, asked: Held) -> HttpResponse:
    """Where a link leads, if one can still come in by it."""
    room = service.look(JoinLink.digest_of(asked.token))
    return answer(LinkTarget(room.pk, room.kind, room.name, room.topic))


@router.post("links/use", openapi_extra=answers(rows.RoomRow))
def use(request: MemberRequest, asked: Held) -> HttpResponse:
    """Join by a link. Being in the room already uses nothing up."""
    room = service.use(request.auth, JoinLink.digest_of(asked.token))
    return answer(own_room(request.auth, room.pk))


def _link(link: JoinLink, secret: str | None = None) -> Link:
    return Link(
        id=link.pk,
        created_by=rows.person_row(link.created_by) if link.created_by else None,
        created_at=rows.wire_time(link.created_at),
        expires_at=rows.wire_time(link.expires_at) if link.expires_at else None,
        uses=link.uses,
        uses_max=link.uses_max,
        token=secret,
    )
