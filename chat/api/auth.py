"""Who asks: by Bearer token, or by session cookie and CSRF token."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from accounts.models import ApiToken, User
from chat import limits
from chat.api.errors import Unauthenticated
from chat.errors import Forbidden
from chat.services import bans

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class Token(HttpBearer):
    """A program that acts for a member. A token that is wrong is refused, cookie or not."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """Return the member for whom the token acts. Raises Unauthenticated or Forbidden."""
        user = ApiToken.objects.user_for(token)
        if user is None:
            raise Unauthenticated(_("This token is not valid."))
        request.user = user
        return admitted(request, user)


class Session(AuthBase):
    """A browser. Changing anything needs the CSRF token in the header X-CSRFToken."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> User | None:
        """Return who is signed in, if they may come in.

        Raises Forbidden also for a change that another site's page might have sent.
        """
        user = request.user
        if not user.is_authenticated:
            return None
        if check_csrf(request):
            raise Forbidden(_("The CSRF token is missing or wrong."))
        return admitted(request, user)


def admitted(request: HttpRequest, user: User) -> User:
    """Let ``user`` in. Raises Unauthenticated, Forbidden or, for too many writes, RateLimited."""
    if user.language:
        translation.activate(user.language)
    if not user.is_active:
        raise Unauthenticated(_("This account is not in use."))
    if bans.is_kept_out(user):
        raise Forbidden(_("You are banned from this site."))
    if request.method not in SAFE_METHODS:
        limits.count_write(user.pk)
    return user
