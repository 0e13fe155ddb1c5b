"""The rooms there are: browse, join, leave, make one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import MemberRequest
from chat.errors import Invalid, TooLarge
from chat.services import access, members, reading, rooms
from chat.views import asked
from chat.views.forms import NewRoomForm
from chat.views.refusals import action, page


@page
def directory(request: MemberRequest) -> HttpResponse:
    """List the public rooms, those matching ``q`` when it is given."""
    query = asked.query(request)
    found = reading.directory(request.user, query)
    return render(
        request,
        "chat/directory.html",
        {"rooms": found, "query": query, "most": reading.DIRECTORY_MAX},
    )


@page
def new_room(request: MemberRequest) -> HttpResponse:
    """Make a room and go there."""
    form = NewRoomForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            room = rooms.create(request.user, **form.cleaned_data)
            return redirect("chat:room", slug=room.slug)
        except (Invalid, TooLarge) as refusal:
            form.refuse(refusal)
    return render(request, "chat/new_room.html", {"form": form})


@action(back="chat:directory")
def join(request: MemberRequest, slug: str) -> HttpResponse:
    """Take a seat in a public room and go there."""
    room = access.access_room_by_slug(request.user, slug)
    members.join(request.user, room.pk)
    return redirect("chat:room", slug=slug)


@action(back="chat:room_settings")
def leave(request: MemberRequest, slug: str) -> HttpResponse:
    """Give up one's seat in a room."""
    room = access.access_room_by_slug(request.user, slug)
    members.leave(request.user, room.pk)
    messages.success(request, _("You left %(room)s.") % {"room": room.name})
    return redirect("chat:directory")
