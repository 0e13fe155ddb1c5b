"""The accounts app: who a member is."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts, profiles, sessions and tokens."""

    name = "accounts"
    verbose_name = "Accounts"
