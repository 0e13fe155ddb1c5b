"""The accounts app: who a member is."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts, profiles, sessions and tokens."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """End sessions when an account changes."""
        from accounts import signals  # noqa: F401
