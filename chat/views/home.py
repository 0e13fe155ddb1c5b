"""The site's front door."""

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.requests import MemberRequest
from chat.services import reading
from chat.views.refusals import page
from chat.views.room import LAST_ROOM


@page
def home(request: MemberRequest) -> HttpResponse:
    """Lead to the room one was in last, or to any of one's own, or to the directory."""
    rooms = reading.rooms_of(request.user)
    if not rooms:
        return redirect("chat:directory")
    last = request.session.get(LAST_ROOM)
    room = next((room for room in rooms if room.id == last), rooms[0])
    return redirect("chat:room", slug=room.slug)
