"""The chat app: rooms, messages, presence and the sockets that carry them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    """Rooms, messages, presence."""

    name = "chat"
    verbose_name = _("Chat")

    def ready(self) -> None:
        """Listen to what happens to members and their sessions."""
        from chat import receivers  # noqa: F401
