"""The people there are, and talking with them directly."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import MemberRequest
from chat.errors import Forbidden, Invalid
from chat.services import blocks, reading, rooms
from chat.views import asked
from chat.views.refusals import action, page, words


@page
def people(request: MemberRequest) -> HttpResponse:
    """List members, those matching ``q`` when it is given; ``with`` are the ones chosen so far.

    A search is posted, so that it can carry the choice, and then has an address of its own.
    """
    if request.method == "POST":
        ticked = asked.ids(request.POST.getlist("with"))
        return redirect(_choice(ticked, request.POST.get("q", "")))
    query = asked.query(request)
    chosen = reading.people_by_id(request.user, asked.ids(request.GET.getlist("with")))
    chosen_ids = {person.id for person in chosen}
    found = [
        person for person in reading.people(request.user, query) if person.id not in chosen_ids
    ]
    context = {"people": found, "chosen": chosen, "query": query, "most": reading.PEOPLE_MAX}
    return render(request, "chat/people.html", context)


@action(back="accounts:profile")
def unblock(request: MemberRequest, user_id: int) -> HttpResponse:
    """End one's block of a member."""
    blocks.unblock(request.user, user_id)
    messages.success(request, _("They can write to you again."))
    return redirect("accounts:profile")


@require_POST
@page
def direct(request: MemberRequest) -> HttpResponse:
    """Go to the conversation with one member (``only``) or several (``with``), made if need be."""
    ids = asked.ids(request.POST.getlist("only") or request.POST.getlist("with"))
    if not ids:
        messages.error(request, _("Choose somebody first."))
        return redirect("chat:people")
    try:
        room = rooms.direct(request.user, ids)
    except (Invalid, Forbidden) as refusal:
        messages.error(request, words(refusal))
        return redirect(_choice(ids))
    return redirect("chat:room", slug=room.slug)


def _choice(ids: list[int], query: str = "") -> str:
    """Return the address of the list with these members ticked."""
    asked_for: dict[str, str | list[int]] = {"q": query, "with": ids}
    return f"{reverse('chat:people')}?{urlencode(asked_for, doseq=True)}"
