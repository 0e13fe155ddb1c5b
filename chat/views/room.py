"""The chat page: a shell, and everything the browser needs to draw the room at once."""

from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page

from accounts.models import User
from accounts.requests import MemberRequest
from chat import rows
from chat.errors import NotFound
from chat.live.frames import FRAME_MAX
from chat.permissions import NO_MESSAGE
from chat.services import access, reading
from chat.services.posting import BODY_MAX
from chat.views.glimpse import glimpse
from chat.views.refusals import page

SOUNDS = ("call", "message")
LAST_ROOM = "last_room"  # where the session remembers the room one was in


@gzip_page  # its first messages are most of it
@ensure_csrf_cookie  # the page's script writes over HTTP too
@page
def room(request: MemberRequest, slug: str, seq: int | None = None) -> HttpResponse:
    """Show a room to its members; to others, if it is public, what it is and how to join.

    ``seq`` is the message that the address names.
    """
    here = access.access_room_by_slug(request.user, slug)
    if seq is not None and not 1 <= seq <= here.last_seq:
        raise NotFound(NO_MESSAGE)
    own_rooms = reading.rooms_of(request.user)
    if here.pk not in {own.id for own in own_rooms}:
        return render(request, "chat/join.html", {"room": here})
    if request.session.get(LAST_ROOM) != here.pk:
        request.session[LAST_ROOM] = here.pk
    start = page_data(request.user, here.pk, own_rooms, seq)
    return render(
        request, "chat/room.html", {"room": here, "page": start, "glimpse": glimpse(start)}
    )


def page_data(
    user: User, room_id: int, own_rooms: list[rows.RoomRow], at: int | None = None
) -> dict[str, Any]:
    """Return what the page's script starts from, as plain JSON types; at a message, or the end."""
    members, _version = reading.members_of(user, room_id)
    return msgspec.to_builtins(
        {
            "user": rows.person_row(user),
            "room": room_id,
            "rooms": own_rooms,
            "history": reading.history(user, room_id, around=at),
            "at": at,
            "first_visit": not user.shown_around,
            "members": members,
            "limits": {"body": BODY_MAX, "frame": FRAME_MAX, "changes": reading.CHANGES_MAX},
            "urls": {
                "socket": "/ws/chat/",
                "api": "/api/v1/",
                "rooms": reverse("chat:directory"),
                "newRoom": reverse("chat:new_room"),
                "people": reverse("chat:people"),
                "emoji": reverse("chat:emoji", args=["NAME"]),
                **{name: static(f"sounds/{name}.wav") for name in SOUNDS},
                "profile": reverse("accounts:profile"),
                "signIn": resolve_url(settings.LOGIN_URL),
                "signOut": reverse("account_logout"),
            },
        }
    )
