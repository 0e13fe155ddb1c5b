"""What happens on every request: session, language and time zone, bans, the admin guarded."""

import logging
import time
from collections.abc import Callable

from allauth.core.internal.ratelimit import respond_429
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.banned import banned_page
from accounts.limits import Limit, address_of
from chat.errors import Forbidden
from chat.services import bans

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)
NOTED_EVERY = 300  # s between two writes of when a session was last seen
NOTED_MAX = 10_000  # sessions a process remembers having noted

GetResponse = Callable[[HttpRequest], HttpResponse]


class SessionTracking:
    """Keep the list of a member's sessions true, without a write on every page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.noted: dict[tuple[str, str], float] = {}  # session and address: monotonic seconds

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the session of a member, unless that was done lately."""
        if request.user.is_authenticated and request.session.session_key:
            self.note(request)
        return self.get_response(request)

    def note(self, request: HttpRequest) -> None:
        """Write when and from where the session was seen, at most every NOTED_EVERY."""
        key = (request.session.session_key or "", request.META.get("REMOTE_ADDR", ""))
        now = time.monotonic()
        if now - self.noted.get(key, -NOTED_EVERY) < NOTED_EVERY:
            return
        if len(self.noted) >= NOTED_MAX:
            self.noted.clear()
        self.noted[key] = now
        try:
            UserSession.objects.create_from_request(request)
        except DATABASE_AWAY as error:
            # The next request notes it. What this one asks for has words of its own for that.
            del self.noted[key]
            logger.warning("A session could not be noted: %s", error)


class BanGate:
    """Answer a banned member with the reason, whatever they ask for; only signing out is left."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through, or refuse it in the caller's own form."""
        user = request.user
        if not user.is_authenticated or not bans.is_kept_out(user):
            return self.get_response(request)
        if request.path in (reverse("account_logout"), reverse("chat:appeal")):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            refusal = Forbidden(_("You are banned from this site."))
            return JsonResponse(refusal.as_dict(), status=refusal.status)
        return banned_page(request, user)


# Of who is no staff, from one address; and changes by one of the staff.
STRANGERS_AT_ADMIN = Limit("admin-strangers", 20, 60)
CHANGES_IN_ADMIN = Limit("admin-changes", 120, 60)


class AdminGate:
    """Guard the admin: by limits of its own, and where it is wanted by a second step."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.address = f"/{settings.ADMIN_PATH}/"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through, or refuse it, or lead to where a second step is set up."""
        if not request.path.startswith(self.address):
            return self.get_response(request)
        if self._is_too_often(request):
            return respond_429(request)
        if request.user.is_authenticated and request.user.lacks_second_step:
            wanted = _("Staff need a second step of signing in here. Set one up to go on.")
            messages.warning(request, wanted)
            return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def _is_too_often(request: HttpRequest) -> bool:
        if not request.user.is_staff:
            return STRANGERS_AT_ADMIN.count(address_of(request)) is not None
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return False
        return CHANGES_IN_ADMIN.count(str(request.user.pk)) is not None


class OwnLanguage:
    """Speak the language that the member chose; otherwise the one that the browser asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate it for this request; LocaleMiddleware undoes it afterwards."""
        language = request.user.language if request.user.is_authenticated else ""
        if language and translation.check_for_language(language):
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class OwnTimeZone:
    """Show times on pages in the member's own time zone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the zone for this request."""
        with timezone.override(request.user.zone if request.user.is_authenticated else None):
            return self.get_response(request)
