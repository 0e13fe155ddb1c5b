"""Pages of one's own account that are not allauth's."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import sessions
from accounts.forms import ProfileForm
from accounts.requests import MemberRequest
from accounts.signals import profile_changed
from accounts.storage import DatabaseStorage
from chat.services import blocks

YEAR = 365 * 24 * 60 * 60  # s


@login_required
def profile(request: MemberRequest) -> HttpResponse:
    """Show and change how one shows up."""
    form = ProfileForm(request.POST or None, request.FILES or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        if form.changes_what_others_see:
            profile_changed.send(sender=type(user), user=user)
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    if form.errors:
        # The form has written what was typed onto the member whom the page's header shows.
        request.user.refresh_from_db()
    context = {"form": form, "blocked": blocks.blocked_by(request.user)}
    return render(request, "account/profile.html", context)


@login_required
@require_POST
def end_session(request: MemberRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    if not sessions.end_session(request.user, pk):
        raise Http404
    messages.success(request, _("That session is ended."))
    return redirect("usersessions_list")


@require_GET
def picture(request: HttpRequest, name: uuid.UUID) -> FileResponse:
    """Serve a member's picture.

    The name is random and belongs to one picture for ever, so it may be cached for ever.
    """
    try:
        file = DatabaseStorage().open(f"avatars/{name}.webp")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return response
