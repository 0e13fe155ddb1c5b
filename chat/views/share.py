"""What another app shares with this one, put where one writes in a room of one's choice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import MemberRequest
from chat.errors import ChatError
from chat.models.draft import DRAFT_MAX
from chat.services import drafts, reading
from chat.views import asked
from chat.views.refusals import page, words


@page
def share(request: MemberRequest) -> HttpResponse:
    """Ask in which room to write about what is shared, and put it there: nothing is sent yet."""
    rooms = [room for room in reading.rooms_of(request.user) if not (room.locked or room.archived)]
    if request.method != "POST":
        return render(request, "chat/share.html", {"rooms": rooms, "text": _shared(request)})
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()
    wanted = asked.ids([request.POST.get("room", "")])
    try:
        draft = drafts.append(request.user, wanted[0] if wanted else 0, text)
    except ChatError as refusal:
        context = {"rooms": rooms, "text": text, "refusal": words(refusal)}
        return render(request, "chat/share.html", context, status=refusal.status)
    return redirect("chat:room", slug=next(room.slug for room in rooms if room.id == draft.room))


def _shared(request: HttpRequest) -> str:
    """Return the title, text and address that are shared, one a line and each of them once."""
    lines: list[str] = []
    for name in ("title", "text", "url"):
        part = request.GET.get(name, "").replace("\0", "").strip()
        if part and not any(part in line for line in lines):
            lines.append(part)
    return "\n".join(lines)[:DRAFT_MAX]
