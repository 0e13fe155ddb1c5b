"""Coming in by a join link, signed in already or after that."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import MemberRequest
from chat.errors import Forbidden, NotFound
from chat.models import JoinLink
from chat.services import links
from chat.views.refusals import page

# Where the session remembers the link one came by, as a digest, while one signs in or up.
HELD = "join_link"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_link(request: HttpRequest) -> HttpResponse:
    """Take a link's token, and show where it leads to who is signed in."""
    if request.method == "POST":
        request.session[HELD] = JoinLink.digest_of(request.POST.get("token", ""))
        return redirect("chat:join_link_target")
    return render(request, "chat/join_link.html")


@never_cache
@page
def join_link_target(request: MemberRequest) -> HttpResponse:
    """Show into which room the link leads, or why it does not."""
    try:
        room = links.look(request.session.get(HELD, ""))
    except (Forbidden, NotFound) as refusal:
        context = {"refusal": refusal}
        return render(request, "chat/join_link_refused.html", context, status=refusal.status)
    return render(request, "chat/join_link_target.html", {"room": room})


@require_POST
@page
def use_join_link(request: MemberRequest) -> HttpResponse:
    """Join the room, or be told why not."""
    try:
        room = links.use(request.user, request.session.get(HELD, ""))
    except (Forbidden, NotFound) as refusal:
        context = {"refusal": refusal}
        return render(request, "chat/join_link_refused.html", context, status=refusal.status)
    request.session.pop(HELD, None)
    return redirect("chat:room", slug=room.slug)
