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

from accounts.models import REASON_MAX, User
from accounts.requests import MemberRequest
from chat import rows
from chat.errors import NotFound
from chat.live.frames import FRAME_MAX
from chat.models.report import NOTE_MAX
from chat.models.sanction import APPEAL_MAX
from chat.permissions import NO_MESSAGE
from chat.searching import SEARCH_MAX
from chat.services import access, reading, sanctions
from chat.services.posting import BODY_MAX
from chat.views import installable
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
    own_rooms = {own.id: own for own in reading.rooms_of(request.user)}
    if here.pk not in own_rooms:
        ban = sanctions.ban_of(request.user, here)
        return render(request, "chat/join.html", {"room": here, "ban": ban})
    if request.session.get(LAST_ROOM) != here.pk:
        request.session[LAST_ROOM] = here.pk
    members, _version = reading.members_of(request.user, here.pk)
    history = reading.history(request.user, here.pk, around=seq)
    start = {
        "room": here.pk,
        "rooms": list(own_rooms.values()),
        "history": history,
        "at": seq,
        "members": members,
    }
    # Where a message is named, the script begins there.
    drawn = glimpse(history.messages, members, own_rooms[here.pk]) if seq is None else None
    context = {
        "room": here,
        "page": page_data(request.user, start),
        "glimpse": drawn,
        "version": installable.version(),
    }
    return render(request, "chat/room.html", context)


def page_data(user: User, start: dict[str, Any]) -> dict[str, Any]:
    """Return what the page's script starts from, as plain JSON types."""
    return msgspec.to_builtins(
        {
            **start,
            "user": msgspec.to_builtins(rows.person_row(user)) | {"moderator": user.is_moderator},
            "first_visit": not user.shown_around,
            "reach": {"read_out": user.read_out, "single_keys": user.single_keys},
            "limits": {
                "body": BODY_MAX,
                "frame": FRAME_MAX,
                "changes": reading.CHANGES_MAX,
                "reason": REASON_MAX,
                "note": NOTE_MAX,
                "appeal": APPEAL_MAX,
                "search": SEARCH_MAX,
            },
            "urls": {
                "socket": "/ws/chat/",
                "api": "/api/v1/",
                "rooms": reverse("chat:directory"),
                "newRoom": "" if user.is_guest else reverse("chat:new_room"),
                "people": reverse("chat:people"),
                "standing": reverse("chat:standing"),
                "emoji": reverse("chat:emoji", args=["NAME"]),
                **{name: static(f"sounds/{name}.wav") for name in SOUNDS},
                "profile": reverse("accounts:profile"),
                "signIn": resolve_url(settings.LOGIN_URL),
                "signOut": reverse("account_logout"),
                "worker": reverse("chat:service_worker"),
            },
        }
    )
