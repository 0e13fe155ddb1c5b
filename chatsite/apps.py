"""The site's own app: its commands, and what every page shares."""

from django.apps import AppConfig


class ChatsiteConfig(AppConfig):
    """Holds the management commands of the site."""

    name = "chatsite"
