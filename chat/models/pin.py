"""Pins: messages that a room keeps at hand."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from chat.models.message import Message
from chat.models.room import Room

PINS_MAX = 50  # messages of one room


class Pin(models.Model):
    """A message pinned to its room. ``Message.pinned`` says the same, for its row."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="pin")
    room = models.ForeignKey(Room, models.CASCADE, related_name="pins")
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    pinned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pinned_at", "-pk"]

    def __str__(self) -> str:
        return f"pin on {self.message}"
