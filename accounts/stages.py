"""Steps between the password and being signed in."""

from allauth.account.internal.flows.email_verification import get_address_for_login
from allauth.account.stages import EmailVerificationStage
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _


class EmailVerification(EmailVerificationStage):
    """Ask for the confirmation of an address, of members who have one.

    Accounts from before mail was configured, or made in the admin, may have none: no link can be
    sent to them, so they come in and are told to add one.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return what to show instead of signing in, if anything, and whether to go on."""
        if self.login.user and get_address_for_login(self.login) is None:
            said = _("Your account has no email address: add one under Profile, Email.")
            messages.warning(self.request, said)
            return None, True
        return super().handle()
