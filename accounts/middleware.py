"""What happens on every request of a member: session noted, ban enforced, time zone set."""

import logging
import time
import zoneinfo
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from accounts.banned import banned_page
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
            refusal = Forbidden("You are banned from this site.")
            return JsonResponse(refusal.as_dict(), status=refusal.status)
        return banned_page(request, user)


class OwnTimeZone:
    """Show times on pages in the member's own time zone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the zone for this request. One that no longer exists counts as UTC."""
        zone = request.user.time_zone if request.user.is_authenticated else "UTC"
        try:
            timezone.activate(zoneinfo.ZoneInfo(zone))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            timezone.activate(zoneinfo.ZoneInfo("UTC"))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()
