"""The accounts app: who a member is."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts, profiles, sessions and tokens."""

    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """End sessions when an account changes."""
        from accounts import signals  # noqa: F401
