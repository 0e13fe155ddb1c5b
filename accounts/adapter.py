"""Where django-allauth asks how this site wants its accounts."""

from typing import Any, NamedTuple

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import letters
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
        """Store a new member, with the name and time zone of the sign-up form."""
        user.display_name = form.cleaned_data.get("display_name", "")
        user.time_zone = form.cleaned_data.get("time_zone") or "UTC"
        return super().save_user(request, user, form, commit)

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
        """Send a mail in the name of the site."""
        site = Site(settings.SITE_NAME, self.request.get_host())
        super().send_mail(template_prefix, email, {"current_site": site} | context)
