"""Searching messages on a page of its own, in all one's rooms: it needs no script."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import MemberRequest
from chat import limits, searching
from chat.errors import Invalid, RateLimited, TooLarge
from chat.services import search as service
from chat.views import asked
from chat.views.refusals import page, words


@page
def search(request: MemberRequest) -> HttpResponse:
    """Show the messages that have all of ``q``, the newest first, or below the id ``before``."""
    text = request.GET.get("q", "").replace("\0", "").strip()
    shown = {"query": text, "most": searching.SEARCH_MAX}
    if not text:
        return render(request, "chat/search.html", shown)
    before = next(iter(asked.ids([request.GET.get("before", "")])), None)
    try:
        limits.count_message_search(request.user.pk)
        found = service.find(request.user, text, before=before)
    except (Invalid, TooLarge, RateLimited) as refusal:
        shown["refusal"] = words(refusal)
        return render(request, "chat/search.html", shown, status=refusal.status)
    authors = {person.id: person for person in found.people}
    results = [
        (message, authors[message.author], datetime.fromisoformat(message.created_at))
        for message in found.messages
    ]
    shown |= {"found": found, "results": results, "is_first": before is None}
    return render(request, "chat/search.html", shown)
