"""The chat app: rooms, messages, presence and the sockets that carry them."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Rooms, messages, presence."""

    name = "chat"
    verbose_name = "Chat"

    def ready(self) -> None:
        """Listen to what happens to members and their sessions."""
        from chat import receivers  # noqa: F401
