"""Where django-allauth asks how this site wants its accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts import guessing, letters
from accounts.banned import banned_page
from accounts.models import User
from chat.services import bans

OWN_STAGES = {
    "allauth.account.stages.EmailVerificationStage": "accounts.stages.EmailVerification",
}


class Site(NamedTuple):
    """What an email calls us."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    """Handles are small letters, banned members are told why, mails carry the site's name."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_taken": _("Somebody has this handle already."),
        "username_blacklisted": _("This handle means everybody. Please choose another."),
        "username_password_mismatch": _("Handle and password do not go together."),
        "email_password_mismatch": _("Address and password do not go together."),
        "enter_current_password": _("That is not your password."),
        "incorrect_password": _("That is not your password."),
        "incorrect_code": _("That code is not right, or no longer."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
        "rate_limited": _("Too many tries. Wait a minute, then try again."),
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Return the handle in small letters, in which it is stored and compared."""
        return super().clean_username(username.strip().lower(), shallow)

    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        """Store a new member, with name and zone from the form, and the browser's language."""
        user.display_name = form.cleaned_data.get("display_name", "")
        user.time_zone = form.cleaned_data.get("time_zone") or "UTC"
        # English is what everybody gets who asks for nothing: no choice of theirs.
        language = translation.get_language()
        user.language = language if language != settings.LANGUAGE_CODE else ""
        return super().save_user(request, user, form, commit)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse who tried too often. Raises ValidationError."""
        super().pre_authenticate(request, **credentials)
        if guessing.is_too_often(request, _login_in(credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a wrong password."""
        guessing.failed(request, _login_in(credentials))

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        """Remember the browser of one who has signed in."""
        response = super().post_login(request, user, **kwargs)
        if isinstance(user, User):
            guessing.remember(request, response, user)
        return response

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        # allauth's name for: the password was reset by mail.
        super()._delete_login_attempts_cached_email(request, **credentials)
        address = _login_in(credentials)
        handles = User.objects.filter(email__iexact=address).values_list("username", flat=True)
        for login in (address, *handles):
            guessing.forgive(request, login)

    def pre_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse | None:
        """Refuse a banned member with the reason, after the password was found right."""
        response = super().pre_login(request, user, **kwargs)
        if response is None and isinstance(user, User) and bans.is_kept_out(user):
            return banned_page(request, user)
        return response

    def get_login_stages(self) -> list[str]:
        """Return the steps of signing in, with the site's own for the address."""
        return [OWN_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let anybody sign up, unless SIGNUP=off."""
        return settings.SIGNUP

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Return a mail as text and, in the site's looks, as HTML."""
        message = super().render_mail(*args, **kwargs)
        assert isinstance(message, EmailMultiAlternatives)  # all our templates are text
        return letters.dress(message, settings.SITE_NAME)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail in the name of the site, with links to its configured address alone.

        It is in the language of whose address it is, and its times are in their zone.
        """
        site = Site(settings.SITE_NAME, urlsplit(settings.SITE_URL).netloc)
        context = {name: _at_home(name, value) for name, value in context.items()}
        user = context.get("user") or User.objects.filter(email__iexact=email).first()
        with _as_read_by(user):
            super().send_mail(template_prefix, email, {"current_site": site} | context)


@contextmanager
def _as_read_by(user: User | None) -> Iterator[None]:
    """Write as ``user`` reads: in their language, if they chose one, and by their clocks."""
    language = user.language if user else ""
    zone = user.zone if user else None
    with translation.override(language or translation.get_language()), timezone.override(zone):
        yield


def _login_in(credentials: dict[str, Any]) -> str:
    """Return what was typed to say who one is."""
    return str(credentials.get("email") or credentials.get("username") or "")


def _at_home(name: str, value: Any) -> Any:
    """Return a link at SITE_URL, whatever Host header it was made from; other values as they are.

    Whoever asks for somebody's reset link must not choose the host that its secret is sent to.
    """
    if not name.endswith("_url"):
        return value
    here = urlsplit(settings.SITE_URL)
    return urlunsplit(urlsplit(value)._replace(scheme=here.scheme, netloc=here.netloc))
