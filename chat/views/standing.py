"""Where one stands: what moderators decided about oneself, and the one appeal against it."""

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.banned import banned_page, opened
from accounts.models import User
from accounts.requests import MemberRequest
from chat.errors import ChatError
from chat.models.sanction import APPEAL_MAX
from chat.services import held, reports, sanctions
from chat.views.refusals import action, page, words


@page
def standing(request: MemberRequest) -> HttpResponse:
    """Show one's own sanctions, what filters held and reports, those that are over too."""
    context = {
        "sanctions": sanctions.of(request.user),
        "reports": reports.of(request.user),
        "held": held.of(request.user),
        "appeal_max": APPEAL_MAX,
    }
    return render(request, "chat/standing.html", context)


@action(back="chat:standing")
def appeal(request: MemberRequest, sanction_id: int) -> HttpResponse:
    """Appeal against a sanction of one's own."""
    sanctions.appeal(request.user, sanction_id, request.POST.get("words", ""))
    messages.success(request, _("The moderators will read it."))
    return redirect("chat:standing")


@require_POST
def appeal_ban(request: HttpRequest) -> HttpResponse:
    """Appeal against a ban from the site, signed in or not: the page that told of it is sealed."""
    try:
        user_id, sanction_id = opened(request.POST.get("seal", ""))
    except BadSignature:
        return redirect("account_login")
    user = get_object_or_404(User, pk=user_id)
    try:
        sanctions.appeal(user, sanction_id, request.POST.get("words", ""))
    except ChatError as refusal:
        messages.error(request, words(refusal))
    return banned_page(request, user)
